/** What StartWorkflowExecution refuses, and what it fills in. */
import { scenario } from "../scenario.ts";
import type { Scenario } from "../scenario.ts";
import { attribute, payload, payloadOfSize, payloads } from "../steps/payload.ts";
import { describeWorkflow, readHistory, signalWithStart, startWorkflow } from "../steps/workflow.ts";
import type { Plain } from "../wire-format.ts";

const longId = "x".repeat(1001);

/** Each is one start that must fail; the text is the note. */
const refused: Record<string, Record<string, Plain>> = {
  "names and ids": {
    "no namespace": { namespace: "" },
    "unknown namespace": { namespace: "no-such-namespace" },
    "namespace too long": { namespace: longId },
    "no workflow id": { workflowId: "" },
    "workflow id too long": { workflowId: longId },
    "no workflow type": { workflowType: undefined },
    "empty workflow type": { workflowType: { name: "" } },
    "workflow type too long": { workflowType: { name: longId } },
    "no task queue": { taskQueue: undefined },
    "empty task queue": { taskQueue: { name: "" } },
    "task queue too long": { taskQueue: { name: longId } },
    "reserved task queue": { taskQueue: { name: "/_sys/queue" } },
    "sticky task queue": { taskQueue: { name: "sticky", kind: "STICKY" } },
    "sticky task queue with a normal name": { taskQueue: { name: "sticky", kind: "STICKY", normalName: "normal" } },
    "normal task queue with a normal name": { taskQueue: { name: "queue", kind: "NORMAL", normalName: "normal" } },
    "request id too long": { requestId: longId },
  },
  timeouts: {
    "negative execution timeout": { workflowExecutionTimeout: "-1s" },
    "negative run timeout": { workflowRunTimeout: "-1s" },
    "negative task timeout": { workflowTaskTimeout: "-1s" },
    "negative delay": { workflowStartDelay: "-1s" },
    "delay and cron": { workflowStartDelay: "1s", cronSchedule: "* * * * *" },
    "bad cron": { cronSchedule: "every day" },
    "cron with seconds": { cronSchedule: "* * * * * *" },
    "cron of an unknown zone": { cronSchedule: "CRON_TZ=Nowhere/Nowhere * * * * *" },
    "durations with mixed signs": { workflowRunTimeout: { seconds: 1, nanos: -1 } },
    "eager start with cron": { cronSchedule: "nonsense", requestEagerExecution: true },
  },
  "retry policy": {
    "coefficient below one": { retryPolicy: { backoffCoefficient: 0.5 } },
    "negative coefficient": { retryPolicy: { backoffCoefficient: -1 } },
    "negative initial interval": { retryPolicy: { initialInterval: "-1s" } },
    "negative maximum interval": { retryPolicy: { initialInterval: "1s", maximumInterval: "-1s" } },
    "maximum below initial interval": { retryPolicy: { initialInterval: "10s", maximumInterval: "1s" } },
    "negative attempts": { retryPolicy: { maximumAttempts: -1 } },
    "bad time-out name": { retryPolicy: { nonRetryableErrorTypes: ["TemporalTimeout:nonsense"] } },
  },
  "priority and metadata": {
    "negative priority": { priority: { priorityKey: -1 } },
    "fairness key too long": { priority: { fairnessKey: "x".repeat(65) } },
    "negative fairness weight": { priority: { fairnessWeight: -1 } },
    "summary too long": { userMetadata: { summary: payloadOfSize(401) } },
    "details too long": { userMetadata: { details: payloadOfSize(20_001) } },
    "link without a variant": { links: [{}] },
    "link without a namespace": { links: [{ workflowEvent: { workflowId: "w", runId: "r" } }] },
    "link without a workflow id": { links: [{ workflowEvent: { namespace: "default", runId: "r" } }] },
    "link without a run id": { links: [{ workflowEvent: { namespace: "default", workflowId: "w" } }] },
    "link with an event type but no id": {
      links: [{ workflowEvent: { namespace: "default", workflowId: "w", runId: "r", eventRef: { eventId: "1" } } }],
    },
    "link too large": {
      links: [{ workflowEvent: { namespace: "default", workflowId: "w".repeat(4000), runId: "r" } }],
    },
    "eleven links": { links: Array.from({ length: 11 }, () => ({ batchJob: { jobId: "j" } })) },
    "batch link without a job": { links: [{ batchJob: {} }] },
    "callback without a kind": { completionCallbacks: [{}] },
    "callback to a place that is not allowed": {
      completionCallbacks: [{ nexus: { url: "http://127.0.0.1:1/callback" } }],
    },
    "callback with a bad address": { completionCallbacks: [{ nexus: { url: "nonsense" } }] },
  },
  "search attributes and sizes": {
    "unknown search attribute": { searchAttributes: { indexedFields: { NoSuchAttribute: payload(1) } } },
    "system search attribute": { searchAttributes: { indexedFields: { WorkflowId: payload("w") } } },
    "reserved search attribute": { searchAttributes: { indexedFields: { BuildIds: attribute("KeywordList", ["b"]) } } },
    "reserved by name": { searchAttributes: { indexedFields: { TemporalNamespaceDivision: payload("x") } } },
    "attribute with a value of the wrong type": { searchAttributes: { indexedFields: { BatcherUser: payload(17) } } },
    "attribute that cannot be decoded": {
      searchAttributes: { indexedFields: { BatcherUser: { metadata: { encoding: "json/plain" }, data: '{"' } } },
    },
    "input too large": { input: { payloads: [payloadOfSize(2 * 1024 * 1024 + 1)] } },
    "memo too large": { memo: { fields: { m: payloadOfSize(2 * 1024 * 1024 + 1) } } },
    "header too large": { header: { fields: { h: payloadOfSize(2 * 1024 * 1024 + 1) } } },
    "search attribute too large": {
      searchAttributes: { indexedFields: { BatcherUser: payload("x".repeat(2048 + 1)) } },
    },
    "last failure too large": { continuedFailure: { message: "x".repeat(100) } },
    "first input and last result": { lastCompletionResult: payloads("old") },
  },
};

export const startValidation: Scenario[] = [
  ...Object.entries(refused).map(([group, cases]) =>
    scenario(`start validation/${group}`, async (t) => {
      for (const [note, fields] of Object.entries(cases)) {
        await startWorkflow(t, { workflowId: t.id(note.replaceAll(" ", "-")), ...fields }, { note });
      }
    }),
  ),

  scenario("start validation/signal with start", async (t) => {
    const cases: Record<string, Plain> = {
      "no signal name": { signalName: "" },
      "signal name too long": { signalName: longId },
      "no workflow id": { workflowId: "" },
      "no workflow type": { workflowType: { name: "" } },
      "no task queue": { taskQueue: undefined },
      "negative delay": { workflowStartDelay: "-1s" },
      "delay and cron": { workflowStartDelay: "1s", cronSchedule: "* * * * *" },
      "bad cron": { cronSchedule: "nonsense" },
      "bad retry policy": { retryPolicy: { backoffCoefficient: 0.1 } },
      "terminate if running with a conflict policy": {
        workflowIdReusePolicy: "TERMINATE_IF_RUNNING",
        workflowIdConflictPolicy: "FAIL",
      },
      "unknown namespace": { namespace: "no-such-namespace" },
      "signal input too large": { signalInput: { payloads: [payloadOfSize(2 * 1024 * 1024 + 1)] } },
      "unknown search attribute": { searchAttributes: { indexedFields: { NoSuchAttribute: payload(1) } } },
    };
    for (const [note, fields] of Object.entries(cases))
      await signalWithStart(t, { workflowId: t.id(note.replaceAll(" ", "-")), ...fields }, { note });
  }),

  scenario("start validation/what is filled in", async (t) => {
    await startWorkflow(
      t,
      { requestId: "", workflowId: t.id("no-request-id") },
      { note: "the request id is generated" },
    );
    await readHistory(t, { workflowId: t.id("no-request-id") });
    const everything = {
      workflowId: t.id("everything"),
      input: payloads("one", 2, null),
      workflowExecutionTimeout: "60s",
      workflowRunTimeout: "100s",
      workflowTaskTimeout: "200s",
      retryPolicy: { maximumAttempts: 3 },
      memo: { fields: { note: payload("remember") } },
      searchAttributes: { indexedFields: { BatcherUser: payload("someone") } },
      header: { fields: { trace: payload("context") } },
      userMetadata: { summary: payload("summary"), details: payload("details") },
      links: [
        {
          workflowEvent: {
            namespace: "default",
            workflowId: "other",
            runId: "11111111-1111-4111-8111-111111111111",
            eventRef: { eventId: "3", eventType: "TIMER_FIRED" },
          },
        },
      ],
      priority: { priorityKey: 2, fairnessKey: "tenant", fairnessWeight: 1.5 },
    };
    await startWorkflow(t, everything);
    await readHistory(t, { workflowId: t.id("everything") });
    await describeWorkflow(t, { workflowId: t.id("everything") });
  }),

  scenario("start validation/timeouts and retry policies are normalised", async (t) => {
    const cases: Record<string, Plain> = {
      "run timeout beyond execution timeout": { workflowExecutionTimeout: "30s", workflowRunTimeout: "60s" },
      "execution timeout alone": { workflowExecutionTimeout: "30s" },
      "run timeout alone": { workflowRunTimeout: "30s" },
      "task timeout beyond run timeout": { workflowRunTimeout: "5s", workflowTaskTimeout: "50s" },
      "task timeout beyond the cap": { workflowTaskTimeout: "500s" },
      "huge execution timeout": { workflowExecutionTimeout: { seconds: "315576000000" } },
      "empty retry policy": { retryPolicy: {} },
      "retry policy with an interval": { retryPolicy: { initialInterval: "2s" } },
      "one attempt": { retryPolicy: { maximumAttempts: 1 } },
      "coefficient of one": { retryPolicy: { backoffCoefficient: 1, initialInterval: "3s" } },
      "time-out types that are known": {
        retryPolicy: { nonRetryableErrorTypes: ["TemporalTimeout:StartToClose", "Own"] },
      },
    };
    for (const [note, fields] of Object.entries(cases)) {
      const workflowId = t.id(note.replaceAll(" ", "-"));
      await startWorkflow(t, { workflowId, ...fields }, { note });
      await readHistory(t, { workflowId });
    }
  }),

  scenario(
    "start validation/completion callbacks",
    async (t) => {
      const callback = { nexus: { url: "temporal://system" } };
      const start = async (note: string, count: number, fields: Plain = {}): Promise<void> => {
        const completionCallbacks = Array.from({ length: count }, () => callback);
        await startWorkflow(t, { completionCallbacks, ...fields }, { note });
      };
      const attach = (name: string): Plain => ({
        requestId: t.id(name),
        workflowIdConflictPolicy: "USE_EXISTING",
        onConflictOptions: { attachRequestId: true, attachCompletionCallbacks: true },
      });
      await start("four at once", 4);
      await start("two at once", 2);
      await start("a third", 1, attach("third"));
      await start("a fourth", 1, attach("fourth"));
      await start("the third again", 1, attach("third"));
      const one = async (note: string, nexus: Plain): Promise<void> =>
        await start(note, 0, { completionCallbacks: [{ nexus }] });
      await one("a long address", { url: `http://${"x".repeat(1000)}` });
      await one("another system", { url: "temporal://other" });
      await one("a large header", { url: "temporal://system", header: { h: "x".repeat(9000) } });
    },
    { settings: "small limits" },
  ),
];
