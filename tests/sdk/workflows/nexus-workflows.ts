import { CancellationScope, createNexusServiceClient, sleep } from "@temporalio/workflow";
import { outcome } from "./outcome.ts";

/** Recorded with a worker that served these: one answers, one fails, one is a workflow that lasts. */
const service = {
  name: "svc",
  operations: { echo: { name: "echo" }, fail: { name: "fail" }, slow: { name: "slow" } },
};

type Execute = (operation: string, input: string, options?: object) => Promise<unknown>;

export async function usesNexus(): Promise<unknown> {
  const client = createNexusServiceClient({ endpoint: "ep", service: service as never });
  const execute: Execute = (operation, input, options) =>
    (client.executeOperation as Execute).call(client, operation, input, options);
  const results: unknown[] = [];
  results.push(await outcome(execute("echo", "hi")));
  results.push(await outcome(execute("fail", "no")));
  results.push(await outcome(execute("slow", "s")));
  for (const cancellationType of [
    "ABANDON",
    "TRY_CANCEL",
    "WAIT_CANCELLATION_REQUESTED",
    "WAIT_CANCELLATION_COMPLETED",
  ]) {
    for (const ms of [0, 300]) {
      const scope = new CancellationScope();
      const called = scope.run(() => outcome(execute("slow", "forever", { cancellationType })));
      if (ms > 0) await sleep(ms);
      scope.cancel();
      results.push(await called);
    }
  }
  return results;
}
