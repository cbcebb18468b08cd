import { expect, test } from "vitest";
import type { Input } from "../../../api/codec.ts";
import { CommandType } from "../../../api/gen/enums.js";
import {
  PollWorkflowTaskQueueResponse,
  UpdateAcceptance,
  UpdateRequest,
  WorkflowTaskCompletedMetadata,
} from "../../../api/gen/messages.js";
import { payloadsFromBytes, payloadsToBytes } from "../../common/host/wire-payloads.ts";
import type { PayloadCodec } from "../../common/payload-codec.ts";
import type { Activation, ActivationCompletion, WorkflowCommand, WorkflowRun } from "../../workflow/activation.ts";
import { complete, completion, scheduleActivity, scheduleLocalActivity, startTimer } from "./command-fixture.ts";
import { HistoryFixture, json } from "./history-fixture.ts";
import type { LocalActivityResult } from "./local-activity-execution.ts";
import { ManualTime } from "../../../base/manual-time.fixture.ts";
import { RunCache } from "./run-cache.ts";
import { handleWorkflowTask } from "./workflow-task.ts";
import type { TaskDependencies, TaskOutcome } from "./workflow-task.ts";

type Code = (activation: Activation, turn: number) => readonly WorkflowCommand[] | ActivationCompletion;

/** A worker whose code is a function of activations. */
class Bench {
  readonly time = new ManualTime(1_000_000);
  readonly cache = new RunCache({ runsMax: 10, bytesMax: 1e9 });
  readonly activations: Activation[] = [];
  readonly disposed: string[] = [];
  readonly fetched: number[] = [];
  readonly locals: ((result: LocalActivityResult) => void)[] = [];
  readonly history = new HistoryFixture();
  codecs: readonly PayloadCodec[] = [];
  code: Code = () => [];

  /** The task that the history ends with. */
  task(from = 1, fields: Input<PollWorkflowTaskQueueResponse> = {}): Promise<TaskOutcome> {
    const response = PollWorkflowTaskQueueResponse.decode(
      PollWorkflowTaskQueueResponse.encode({
        taskToken: new Uint8Array([1]),
        workflowExecution: { workflowId: "id", runId: "run" },
        workflowType: { name: "test" },
        startedEventId: this.history.lastId,
        previousStartedEventId: from === 1 ? 0 : from - 1,
        history: this.history.bytes(from),
        ...fields,
      }),
    );
    return handleWorkflowTask(response, this.#dependencies());
  }

  #dependencies(): TaskDependencies {
    const run = { takeSinkCalls: () => [], dispose: () => this.disposed.push("run") } as unknown as WorkflowRun;
    return {
      namespace: "default",
      taskQueue: "queue",
      sdk: { name: "perdure", version: "1" },
      deployment: undefined,
      createRun: () => run,
      drive: (_, activation) => {
        this.activations.push(activation);
        const answer = this.code(activation, this.activations.length);
        return "status" in answer ? answer : completion(...answer);
      },
      onSinkCalls: () => {},
      cache: this.cache,
      fetchHistory: async () => {
        this.fetched.push(this.history.lastId);
        return { history: this.history.bytes(), nextPageToken: new Uint8Array(0) };
      },
      codecs: this.codecs,
      localActivities: {
        start: () => {
          const { promise, resolve } = Promise.withResolvers<LocalActivityResult>();
          this.locals.push(resolve);
          const failure = { message: "stopped", canceledFailureInfo: {} };
          return { result: promise, cancel: () => resolve({ status: "cancelled", failure }) };
        },
      },
      requestsEagerly: () => true,
      clock: this.time,
      timers: this.time,
    };
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function completed(outcome: TaskOutcome): Extract<TaskOutcome, { kind: "completed" }> {
  if (outcome.kind !== "completed") throw new Error(`the task was not completed but ${outcome.kind}`);
  return outcome;
}

test("the first task says which SDK answers, the second takes the run from the cache", async () => {
  const bench = new Bench();
  bench.code = (_, turn) => (turn === 1 ? [startTimer(1)] : [complete]);
  bench.history.started().task();
  const first = completed(await bench.task());
  expect(first.request.commands).toMatchObject([{ commandType: CommandType.COMMAND_TYPE_START_TIMER }]);
  expect(WorkflowTaskCompletedMetadata.decode(first.request.sdkMetadata as Uint8Array)).toMatchObject({
    coreUsedFlags: [1, 2, 3],
    sdkName: "perdure",
  });
  const from = bench.history.lastId + 1;
  bench.history.completed().timerFired("1", bench.history.timerStarted("1")).task();
  const second = completed(await bench.task(from));
  expect(second.isClosing).toBe(true);
  expect(WorkflowTaskCompletedMetadata.decode(second.request.sdkMetadata as Uint8Array).sdkName).toBe("");
  expect(bench.activations.map(({ isReplaying }) => isReplaying)).toEqual([false, false]);
  expect(bench.disposed).toHaveLength(1);
});

test("a run that is not cached is replayed from the whole history", async () => {
  const bench = new Bench();
  bench.code = (_, turn) => (turn === 1 ? [startTimer(1)] : [complete]);
  bench.history.started().task().completed();
  bench.history.timerFired("1", bench.history.timerStarted("1")).task();
  const outcome = completed(await bench.task(4));
  expect(bench.fetched).toHaveLength(1);
  expect(bench.activations.map(({ isReplaying }) => isReplaying)).toEqual([true, false]);
  expect(outcome.request.commands).toHaveLength(1);
});

test("a cached run whose last task came to nothing is begun anew", async () => {
  const bench = new Bench();
  bench.code = () => [startTimer(1)];
  bench.history.started().task();
  await bench.task();
  bench.history.add("EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT");
  bench.history.task();
  expect(completed(await bench.task()).request.commands).toHaveLength(1);
  expect(bench.disposed).toHaveLength(1);
});

test("code that fails fails the task, and the run is forgotten", async () => {
  const bench = new Bench();
  bench.code = () => ({ status: "failed", failure: { message: "oh" }, cause: 14 });
  bench.history.started().task();
  const outcome = await bench.task();
  expect(outcome).toMatchObject({ kind: "failed", failure: { message: "oh" }, request: { cause: 14 } });
  expect(bench.cache.size).toBe(0);
});

test("code that does something else than history says fails the task as nondeterministic", async () => {
  const bench = new Bench();
  bench.code = () => [scheduleActivity(1)];
  bench.history.started().task().completed();
  bench.history.timerFired("1", bench.history.timerStarted("1")).task();
  const outcome = await bench.task();
  expect(outcome).toMatchObject({ kind: "failed", request: { cause: 24 } });
  expect(outcome.kind === "failed" && outcome.failure.message).toContain("TimerStarted");
});

test("a task waits for its local activities and writes their ends", async () => {
  const bench = new Bench();
  bench.code = (_, turn) => (turn === 1 ? [scheduleLocalActivity(1)] : [complete]);
  bench.history.started().task();
  const outcome = bench.task();
  await settled();
  bench.locals[0]?.({ status: "completed", result: json("done") });
  const { request } = completed(await outcome);
  expect(bench.activations[1]?.jobs).toMatchObject([{ kind: "resolveActivity", isLocal: true, seq: 1 }]);
  const marker = request.commands?.[0]?.recordMarkerCommandAttributes;
  const data = payloadsFromBytes(marker?.details?.["data"])?.[0]?.data;
  expect(JSON.parse(new TextDecoder().decode(data ?? undefined))).toEqual({
    seq: 1,
    attempt: 1,
    activity_id: "1",
    activity_type: "work",
    complete_time: { seconds: 1002, nanos: 0 },
    backoff: null,
    original_schedule_time: { seconds: 1000, nanos: 0 },
  });
  expect(request.forceCreateNewWorkflowTask).toBe(false);
});

test("a local activity that lasts longer than its task goes on in the next one", async () => {
  const bench = new Bench();
  bench.code = (_, turn) => (turn === 1 ? [scheduleLocalActivity(1)] : [complete]);
  bench.history.started().task();
  const first = bench.task();
  await settled();
  bench.time.advance(8000);
  expect(completed(await first).request).toMatchObject({ forceCreateNewWorkflowTask: true, commands: [] });
  const from = bench.history.lastId + 1;
  bench.history.completed().task();
  const second = bench.task(from);
  await settled();
  bench.locals[0]?.({ status: "completed", result: json("done") });
  expect(completed(await second).request.commands).toHaveLength(2);
  expect(bench.locals).toHaveLength(1);
});

test("a query is answered by the code at rest, and a task that is only a query sends no commands", async () => {
  const bench = new Bench();
  bench.code = ({ jobs }) =>
    jobs[0]?.kind === "queryWorkflow"
      ? [{ kind: "respondToQuery", queryId: jobs[0].queryId, result: { status: "succeeded", response: json(1) } }]
      : [startTimer(1)];
  bench.history.started().task();
  const { request } = completed(await bench.task(1, { queries: { q: { queryType: "state" } } }));
  expect(Object.keys(request.queryResults ?? {})).toEqual(["q"]);
  expect(bench.activations.map(({ jobs }) => jobs[0]?.kind)).toEqual(["initializeWorkflow", "queryWorkflow"]);
  const fields = { startedEventId: 0, previousStartedEventId: 3, query: { queryType: "state" } };
  const only = await bench.task(4, fields);
  expect(only).toMatchObject({ kind: "queryAnswered", request: { completedType: 1 } });
  expect(bench.cache.size).toBe(1);
});

const updateMessage = (id: string): Input<PollWorkflowTaskQueueResponse>["messages"] => [
  {
    id: `${id}/request`,
    protocolInstanceId: id,
    eventId: 2,
    body: {
      typeUrl: "type.googleapis.com/temporal.api.update.v1.Request",
      value: UpdateRequest.encode({ meta: { updateId: id }, input: { name: "add" } }),
    },
  },
];

test("an update is accepted and completed by messages in the order of commands", async () => {
  const bench = new Bench();
  bench.code = () => [
    { kind: "updateResponse", protocolInstanceId: "u", response: { status: "accepted" } },
    startTimer(1),
    { kind: "updateResponse", protocolInstanceId: "u", response: { status: "completed", result: json(1) } },
  ];
  bench.history.started().task();
  const { request } = completed(await bench.task(1, { messages: updateMessage("u") }));
  expect(
    request.commands?.map(({ protocolMessageCommandAttributes }) => protocolMessageCommandAttributes?.messageId),
  ).toEqual(["u/accept", undefined, "u/complete"]);
  expect(request.messages?.map(({ id }) => id)).toEqual(["u/accept", "u/complete"]);
  expect(UpdateAcceptance.decode(request.messages?.[0]?.body?.value as Uint8Array)).toMatchObject({
    acceptedRequestMessageId: "u/request",
    acceptedRequestSequencingEventId: 2,
  });
});

test("a task thrown away for a rejected update leaves the run where it was", async () => {
  const bench = new Bench();
  bench.code = ({ jobs }, turn) => {
    if (turn === 1) return [startTimer(1)];
    return jobs[0]?.kind === "doUpdate"
      ? [
          {
            kind: "updateResponse",
            protocolInstanceId: "u",
            response: { status: "rejected", failure: { message: "no" } },
          },
        ]
      : [complete];
  };
  bench.history.started().task();
  await bench.task();
  bench.history.completed();
  const startedEventId = bench.history.timerStarted("1");
  const kept = bench.history.lastId;
  bench.history.task();
  const rejected = completed(await bench.task(4, { messages: updateMessage("u") }));
  expect(rejected.request).toMatchObject({ commands: [], messages: [{ id: "u/reject" }] });
  bench.history.events.length = kept;
  bench.cache.rewind("run", 3);
  bench.history.timerFired("1", startedEventId).task();
  expect(completed(await bench.task(4)).isClosing).toBe(true);
  expect(bench.fetched).toEqual([]);
});

test("payloads go through the codec, headers do not", async () => {
  const bench = new Bench();
  const flip = (data: Uint8Array | null | undefined): Uint8Array => Uint8Array.from(data ?? [], (byte) => byte ^ 0xff);
  const codec: PayloadCodec = {
    encode: async (all) => all.map((each) => ({ ...each, data: flip(each.data) })),
    decode: async (all) => all.map((each) => ({ ...each, data: flip(each.data) })),
  };
  bench.codecs = [codec];
  bench.code = ({ jobs }) =>
    jobs.map((job, index) =>
      scheduleActivity(index + 1, {
        arguments: job.kind === "signalWorkflow" ? job.input : [],
        headers: { trace: json("t") },
      }),
    );
  bench.history.started();
  const input = payloadsToBytes([{ ...json("x"), data: flip(json("x").data) }]);
  bench.history.add("EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED", {
    workflowExecutionSignaledEventAttributes: { signalName: "s", input },
  });
  bench.history.task();
  const { request } = completed(await bench.task());
  const signal = bench.activations[0]?.jobs.find(({ kind }) => kind === "signalWorkflow");
  expect(signal).toMatchObject({ originatingEventId: 2, input: [{ data: json("x").data }] });
  const attributes = request.commands?.[1]?.scheduleActivityTaskCommandAttributes;
  expect(payloadsFromBytes(attributes?.input)?.[0]?.data).toEqual(flip(json("x").data));
  expect(attributes?.requestEagerExecution).toBe(true);
  expect(attributes?.header).toBeDefined();
});
