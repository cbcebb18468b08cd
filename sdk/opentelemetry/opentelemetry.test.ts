import { context, metrics, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startServer } from "../../server/server.ts";
import { Client } from "../client/index.ts";
import { defaultPayloadConverter } from "../common/index.ts";
import { Connection } from "../connection/index.ts";
import { DefaultLogger, Runtime, Worker } from "../worker/index.ts";
import { OpenTelemetryMetricMeter, OpenTelemetryPlugin } from "./index.ts";
import { TRACE_HEADER, traceOf, withTrace } from "./trace-header.ts";

const workflowsPath = fileURLToPath(new URL("workflows-fixture.ts", import.meta.url));
const exporter = new InMemorySpanExporter();
const spanProcessor = new SimpleSpanProcessor(exporter);
const tracer = new BasicTracerProvider({ spanProcessors: [spanProcessor] }).getTracer("test");
const plugin = new OpenTelemetryPlugin({ spanProcessor, tracer });

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  Runtime.install({ logger: new DefaultLogger("ERROR", () => {}), shutdownSignals: [] });
});

afterAll(() => Runtime.instance().shutdown());

beforeEach(() => exporter.reset());

const activities = {
  work: async (of: string): Promise<string> => {
    tracer.startSpan(`inside ${of}`).end();
    return of;
  },
  fail: async (): Promise<void> => {
    throw new Error("no");
  },
};

/** Spans below a span, as lines with their depth. */
function tree(spans: readonly ReadableSpan[], parent?: string, depth = 0): string[] {
  return spans
    .filter(({ parentSpanContext }) => parentSpanContext?.spanId === parent)
    .toSorted((one, other) => one.name.localeCompare(other.name))
    .flatMap((span) => {
      const mark = span.status.code === SpanStatusCode.ERROR ? " failed" : "";
      return [`${"  ".repeat(depth)}${span.name}${mark}`, ...tree(spans, span.spanContext().spanId, depth + 1)];
    });
}

const TREE = `
SignalWorkflow:go
  HandleSignal:go
    StartActivity:work
      RunActivity:work
        inside signal
StartWorkflow:parent
  RunWorkflow:parent
    StartActivity:fail failed
      RunActivity:fail failed
    StartChildWorkflow:child
      RunWorkflow:child
        StartActivity:work
          RunActivity:work
            inside local
        StartActivity:work
          RunActivity:work
            inside child
`;

test.each([
  { caching: "that stay cached", maxCachedWorkflows: 10 },
  { caching: "that are replayed at every task", maxCachedWorkflows: 0 },
])("one trace connects client, workflow, child and activities, of runs $caching", async ({ maxCachedWorkflows }) => {
  await using server = await startServer({ data: { kind: "memory" } });
  await using connection = Connection.inProcess(server);
  const taskQueue = "queue";
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowsPath,
    activities,
    maxCachedWorkflows,
    plugins: [plugin],
  });
  const { workflow } = new Client({ connection, plugins: [plugin] });
  const history = await worker.runUntil(async () => {
    const handle = await workflow.start("parent", { taskQueue, workflowId: "one" });
    await handle.signal("go");
    await expect(handle.result()).resolves.toBe("localchild");
    return handle.fetchHistory();
  });
  const spans = exporter.getFinishedSpans();
  expect(tree(spans).join("\n")).toBe(TREE.trim());
  expect(new Set(spans.map((span) => span.spanContext().spanId)).size).toBe(spans.length);
  // As the official interceptors have them, seen side by side.
  const attributes = (name: string) => spans.find((span) => span.name === name)?.attributes;
  const run = { run_id: expect.any(String) };
  expect(attributes("StartWorkflow:parent")).toEqual({ temporalWorkflowId: "one", ...run });
  expect(attributes("SignalWorkflow:go")).toEqual({ temporalWorkflowId: "one" });
  expect(attributes("RunActivity:fail")).toEqual({ temporalActivityId: "2", temporalWorkflowId: "one", ...run });
  expect(attributes("RunWorkflow:parent")).toMatchObject({
    workflowId: "one",
    workflowType: "parent",
    taskQueue,
    ...run,
  });

  exporter.reset();
  await Worker.runReplayHistory({ workflowsPath, plugins: [plugin] }, history, "one");
  expect(exporter.getFinishedSpans()).toEqual([]);
});

test("a call without a propagator of the program's sends its trace along, in the W3C form", () => {
  const span = tracer.startSpan("outer");
  const headers = withTrace({}, trace.setSpan(context.active(), span));
  const { traceId, spanId } = span.spanContext();
  expect(defaultPayloadConverter.fromPayload(headers[TRACE_HEADER] as never)).toEqual({
    traceparent: `00-${traceId}-${spanId}-01`,
  });
  expect(trace.getSpanContext(traceOf(headers))).toMatchObject({ traceId, spanId, isRemote: true });
});

test.each([{}, { traceparent: "00-nonsense" }])("headers with %j tell of no trace", (carrier) => {
  const headers = { [TRACE_HEADER]: defaultPayloadConverter.toPayload(carrier) };
  expect(trace.getSpanContext(traceOf(headers))).toBeUndefined();
});

test("the meter hands values and tags to OpenTelemetry", () => {
  const seen: unknown[] = [];
  const instrument = (kind: string) => (name: string, options: object) => ({
    add: (value: number, tags: object) => seen.push([kind, name, value, tags, options]),
    record: (value: number, tags: object) => seen.push([kind, name, value, tags, options]),
  });
  const meter = new OpenTelemetryMetricMeter({
    ...metrics.getMeter("test"),
    createCounter: instrument("counter"),
    createHistogram: instrument("histogram"),
    createGauge: instrument("gauge"),
    createUpDownCounter: instrument("up-down-counter"),
  } as never);
  const tagged = meter.withTags({ queue: "q" });
  tagged.createCounter("a").add(1, { kind: "x" });
  tagged.createHistogram("b", "float", "ms", "how long").record(1.5);
  tagged.createGauge("c").set(3);
  tagged.createUpDownCounter?.("d").add(-1);
  expect(seen).toEqual([
    ["counter", "a", 1, { queue: "q", kind: "x" }, { valueType: 0 }],
    ["histogram", "b", 1.5, { queue: "q" }, { valueType: 1, unit: "ms", description: "how long" }],
    ["gauge", "c", 3, { queue: "q" }, { valueType: 0 }],
    ["up-down-counter", "d", -1, { queue: "q" }, { valueType: 0 }],
  ]);
});
