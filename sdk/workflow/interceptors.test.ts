import { expect, test } from "vitest";
import { defaultPayloadConverter } from "../common/index.ts";
import type { ActivationJob } from "./activation.ts";
import * as wf from "./index.ts";
import { initialize, testRun } from "./run-fixture.ts";

const acts = wf.proxyActivities<{ a(): Promise<string> }>({ startToCloseTimeout: "1m" });
const signal: ActivationJob = { kind: "signalWorkflow", signalName: "s", input: [], identity: "", headers: {} };

/** Writes down each call, before and after. */
function tracing(trace: string[], name: string): () => wf.WorkflowInterceptors {
  const around = (method: string) => async (input: any, next: any) => {
    trace.push(`${name} ${method}`);
    const result = await next(input);
    trace.push(`${name} ${method} done`);
    return result;
  };
  return () => ({
    inbound: [{ execute: around("execute"), handleSignal: around("signal"), handleQuery: around("query") }],
    outbound: [{ scheduleActivity: around("activity"), startTimer: around("timer") }],
    internals: [
      {
        activate: (input, next) => (trace.push(`${name} activate`), next(input)),
        concludeActivation: (input, next) => (trace.push(`${name} conclude`), next(input)),
        dispose: (input, next) => (trace.push(`${name} dispose`), next(input)),
      },
    ],
  });
}

test("interceptors are called from the first to the last, and end the other way round", async () => {
  const trace: string[] = [];
  const workflow = async (): Promise<string> => {
    wf.setHandler(wf.defineSignal("s"), () => void trace.push("signal"));
    return acts.a();
  };
  const run = testRun(workflow, {
    load: () => ({ workflow, interceptors: [tracing(trace, "1"), tracing(trace, "2")] }),
  });
  await run.start();
  await run.activate(signal);
  run.run.dispose();
  expect(trace).toEqual([
    ...["1 activate", "2 activate", "1 execute", "2 execute", "1 activity", "2 activity", "1 conclude", "2 conclude"],
    ...["1 activate", "2 activate", "1 signal", "2 signal", "signal", "2 signal done", "1 signal done"],
    ...["1 conclude", "2 conclude", "1 dispose", "2 dispose"],
  ]);
});

test("interceptors may change inputs, commands, tags and attributes", async () => {
  const interceptors = (): wf.WorkflowInterceptors => ({
    inbound: [{ execute: (input, next) => next({ ...input, args: [...input.args, "added"] }) }],
    outbound: [
      {
        scheduleActivity: (input, next) =>
          next({ ...input, headers: { trace: defaultPayloadConverter.toPayload("t") } }),
        getLogAttributes: (input, next) => next({ ...input, extra: 1 }),
        getMetricTags: (input, next) => next({ ...input, tag: "x" }),
      },
    ],
    internals: [
      {
        concludeActivation: (input, next) =>
          next({ commands: input.commands.filter(({ kind }) => kind !== "startTimer") }),
      },
    ],
  });
  const workflow = async (...args: unknown[]): Promise<void> => {
    wf.log.info("args", { args });
    wf.metricMeter.createCounter("orders", "1").withTags({ mine: 1 }).add(2);
    void wf.sleep(1);
    await acts.a();
  };
  const run = testRun(workflow, { load: () => ({ workflow, interceptors: [interceptors] }) });
  const commands = await run.start("given");
  expect(commands).toMatchObject([{ kind: "scheduleActivity", headers: { trace: expect.anything() as unknown } }]);
  const calls = run.sinkCalls.map(({ ifaceName, fnName, args }) => [ifaceName, fnName, ...args]);
  expect(calls).toContainEqual([
    ...["__temporal_logger", "info", "args"],
    expect.objectContaining({
      args: ["given", "added"],
      extra: 1,
      workflowId: "workflow-id",
      sdkComponent: "workflow",
    }),
  ]);
  expect(calls).toContainEqual([
    ...["__temporal_metrics", "addMetricCounterValue", "orders", "1", undefined, 2],
    { namespace: "default", taskQueue: "queue", workflowType: "test", tag: "x", mine: 1 },
  ]);
});

test("log lines and metrics of a replay are not made, log lines of a query in one are", async () => {
  const run = testRun(async () => {
    wf.log.info("started");
    wf.metricMeter.createGauge("g").set(1);
    wf.setHandler(wf.defineQuery("q"), () => wf.log.info("asked"));
    await wf.condition(() => false);
  });
  await run.complete({ isReplaying: true }, initialize());
  const query: ActivationJob = { kind: "queryWorkflow", queryId: "1", queryType: "q", arguments: [], headers: {} };
  await run.complete({ isReplaying: true }, query);
  const lines = run.sinkCalls.map(({ fnName, args, isReplaying }) => [fnName, args[0], isReplaying]);
  expect(lines).toEqual([["info", "asked", false]]);
});

test("lines that nobody writes are not made", async () => {
  const run = testRun(
    async () => {
      wf.log.debug("d");
      wf.log.info("i");
      wf.log.warn("w");
    },
    { lowestLogLevel: "warn" },
  );
  await run.complete({}, initialize());
  expect(run.sinkCalls.map(({ args }) => args[0])).toEqual(["w"]);
});
