/** The official worker does the same work; what its endpoint tells is what ours must tell. */
import { DefaultLogger, NativeConnection, Runtime, Worker } from "@temporalio/worker";
import { expect, test } from "vitest";
import { startServer } from "../../../server/server.ts";
import { Connection } from "../../connection/index.ts";
import * as ours from "../index.ts";
import { activities, doWork, seriesAt, workflowsPath } from "./workload-fixture.ts";

/** Whether a poll ends empty, or a call fails, is a matter of luck. */
const DEPENDS_ON_TIME = /request_failure|poll_empty|poll_no_task|_sum /;

test("metrics have the names and tags of the official worker's", async () => {
  await using server = await startServer({ data: { kind: "memory" } });
  await using connection = await Connection.connect({ address: server.address });
  const theirAddress = "127.0.0.1:18295";
  const ourAddress = "127.0.0.1:18296";
  Runtime.install({
    logger: new DefaultLogger("ERROR", () => {}),
    telemetryOptions: { metrics: { prometheus: { bindAddress: theirAddress } } },
  });
  ours.Runtime.install({
    logger: new ours.DefaultLogger("ERROR", () => {}),
    telemetryOptions: { metrics: { prometheus: { bindAddress: ourAddress } } },
  });
  const native = await NativeConnection.connect({ address: server.address });
  const their = await Worker.create({ connection: native, taskQueue: "theirs", workflowsPath, activities });
  const theirSeries = await their.runUntil(async () => {
    await doWork(connection, "theirs");
    return seriesAt(theirAddress);
  });
  await native.close();
  const our = await ours.Worker.create({ connection, taskQueue: "ours", workflowsPath, activities });
  const ourSeries = await our.runUntil(async () => {
    await doWork(connection, "ours");
    return seriesAt(ourAddress);
  });
  await ours.Runtime.instance().shutdown();
  const known = (names: string[]): string[] => names.filter((name) => !DEPENDS_ON_TIME.test(name));
  // Calls that have no namespace are tagged with the worker's here.
  expect(known(ourSeries)).toEqual(
    known(theirSeries).filter((name) => !/^temporal_\S*request\S* operation/.test(name)),
  );
});
