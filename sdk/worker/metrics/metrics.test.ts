import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { startServer } from "../../../server/server.ts";
import { Connection } from "../../connection/index.ts";
import { DefaultLogger, makeTelemetryFilterString, MetricsBuffer, Runtime, Worker } from "../index.ts";
import { PrometheusMeter } from "./prometheus-meter.ts";
import { activities, doWork, seriesAt, workflowsPath } from "./workload-fixture.ts";

const logger = new DefaultLogger("ERROR", () => {});

/** Whether a poll ends empty, or a call fails, is a matter of luck. */
const DEPENDS_ON_TIME = /request_failure|poll_empty|poll_no_task|_sum /;

afterEach(() => Runtime.instance().shutdown());

async function freeAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${port}`;
}

async function work(look: () => Promise<unknown> = async () => undefined): Promise<unknown> {
  await using server = await startServer({ data: { kind: "memory" } });
  await using connection = Connection.inProcess(server);
  const worker = await Worker.create({ connection, taskQueue: "queue", workflowsPath, activities });
  return await worker.runUntil(async () => {
    await doWork(connection, "queue");
    return look();
  });
}

test("a worker's metrics are served to Prometheus under the names and tags that dashboards know", async () => {
  const bindAddress = await freeAddress();
  Runtime.install({ logger, telemetryOptions: { metrics: { prometheus: { bindAddress } } } });
  const series = (await work(() => seriesAt(bindAddress))) as string[];
  expect(series.filter((name) => !DEPENDS_ON_TIME.test(name))).toMatchSnapshot();
});

test("a buffer holds the updates until they are fetched", async () => {
  const buffer = new MetricsBuffer();
  const runtime = Runtime.install({ logger, telemetryOptions: { metrics: { buffer, metricPrefix: "mine_" } } });
  expect(runtime.metricsBuffer).toBe(buffer);
  await work();
  const updates = [...buffer.retrieveUpdates()];
  const completed = updates.filter(({ metric }) => metric.name === "mine_workflow_completed");
  expect(completed.map(({ value, attributes }) => [value, attributes["workflow_type"]])).toEqual([
    [1, "completes"],
    [1, "continues"],
  ]);
  expect(new Set(completed.map(({ metric }) => metric)).size).toBe(1);
  expect(updates.find(({ metric }) => metric.name === "orders")).toMatchObject({
    value: 2,
    attributes: { workflowType: "completes" },
  });
  expect([...buffer.retrieveUpdates()]).toEqual([]);
});

test("a full buffer drops what comes until it is fetched", () => {
  const buffer = new MetricsBuffer({ maxBufferSize: 2 });
  const { metricMeter } = Runtime.install({ logger, telemetryOptions: { metrics: { buffer } } });
  for (const value of [1, 2, 3]) metricMeter.createCounter("orders").add(value);
  expect([...buffer.retrieveUpdates()].map(({ value }) => value)).toEqual([1, 2]);
});

test("an OpenTelemetry collector is refused with a word about what to do instead", () => {
  expect(() => Runtime.install({ telemetryOptions: { metrics: { otel: { url: "grpc://localhost:4317" } } } })).toThrow(
    "perdure/opentelemetry",
  );
});

test.each([
  [undefined, "INFO"],
  [{ core: "WARN" as const }, "INFO"],
  [{ core: "TRACE" as const }, "TRACE"],
  [makeTelemetryFilterString({ core: "DEBUG" }), "DEBUG"],
])("the filter %j of the log makes the default logger write from %s upwards", (filter, level) => {
  const telemetryOptions = filter === undefined ? {} : { logging: { filter, forward: {} } };
  expect(Runtime.install({ telemetryOptions }).logger).toMatchObject({ level });
});

test.each([500, "61s"] as const)("a worker's word about itself every %s is refused", (workerHeartbeatInterval) => {
  expect(() => Runtime.install({ workerHeartbeatInterval })).toThrow(RangeError);
});

test("Prometheus is told sums, counts and values up to each boundary, and special characters are escaped", () => {
  const meter = new PrometheusMeter({ countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true });
  const tagged = meter.withTags({ queue: 'a"b\\c\nd' });
  tagged.createCounter("orders", undefined, "all of them").add(2, { kind: "new" });
  tagged.createCounter("orders").add(3, { kind: "new" });
  for (const ms of [50, 60, 20_000]) meter.createHistogram("wait", "int", "ms").record(ms);
  const gauge = meter.createGauge("size");
  gauge.set(5);
  gauge.set(4);
  expect(meter.text()).toBe(String.raw`# HELP orders_total all of them
# TYPE orders_total counter
orders_total{kind="new",queue="a\"b\\c\nd"} 5
# HELP wait_seconds wait
# TYPE wait_seconds histogram
wait_seconds_bucket{le="0.05"} 1
wait_seconds_bucket{le="0.1"} 2
wait_seconds_bucket{le="0.5"} 2
wait_seconds_bucket{le="1"} 2
wait_seconds_bucket{le="2.5"} 2
wait_seconds_bucket{le="10"} 2
wait_seconds_bucket{le="+Inf"} 3
wait_seconds_sum 20.11
wait_seconds_count 3
# HELP size size
# TYPE size gauge
size 4
`);
});
