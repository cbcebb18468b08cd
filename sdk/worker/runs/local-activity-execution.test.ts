import { expect, test } from "vitest";
import type { ProtoFailure } from "../../common/payload.ts";
import type { ScheduleLocalActivity } from "../../workflow/activation.ts";
import { scheduleLocalActivity } from "./command-fixture.ts";
import { json } from "./history-fixture.ts";
import { LocalActivityExecution } from "./local-activity-execution.ts";
import type { LocalActivityResult } from "./local-activity-execution.ts";
import type { LocalActivityEnd } from "./machines/local-activity.ts";
import { ManualTime } from "../../../base/manual-time.fixture.ts";

const run = { namespace: "default", workflowId: "id", runId: "run", workflowType: "test", taskQueue: "queue" };

type Attempt = (attempt: number, cancelled: Promise<string>, now: number) => Promise<LocalActivityResult>;

interface Running {
  readonly time: ManualTime;
  readonly execution: LocalActivityExecution;
  readonly end: Promise<LocalActivityEnd>;
  retries(): number;
}

function execute(command: Partial<ScheduleLocalActivity>, attempt: Attempt): Running {
  const time = new ManualTime(1_000_000);
  let retries = 0;
  const execution = new LocalActivityExecution({
    run,
    local: {
      kind: "localActivity",
      command: scheduleLocalActivity(1, command),
      askedAtMs: 500_000,
      start: undefined,
      scheduledAtMs: undefined,
      isRunning: false,
      isCancelRequested: false,
      end: undefined,
    },
    runner: {
      start({ attempt: number }) {
        const { promise, resolve } = Promise.withResolvers<string>();
        return { result: attempt(number, promise, time.now()), cancel: resolve };
      },
    },
    clock: time,
    timers: time,
    onRetry: () => retries++,
  });
  return { time, execution, end: execution.run(), retries: () => retries };
}

const failed = (fields: Partial<ProtoFailure> = {}): LocalActivityResult => ({
  status: "failed",
  failure: { message: "no", applicationFailureInfo: { type: "Error" }, ...fields },
});

const never = new Promise<LocalActivityResult>(() => {});

/** Lets promises settle and moves the clock, until the execution has ended. */
async function ended({ time, end }: Running, stepMs: number): Promise<LocalActivityEnd> {
  let result: LocalActivityEnd | undefined;
  void end.then((value) => (result = value));
  for (let i = 0; result === undefined && i < 1000; i++) {
    await new Promise((resolve) => setImmediate(resolve));
    if (result === undefined && time.timerCount > 0) time.advance(stepMs);
  }
  if (result === undefined) throw new Error("the execution did not end");
  return result;
}

test("its end is told by the workflow's clock", async () => {
  const running = execute({}, async () => ({ status: "completed", result: json("done") }));
  expect(await running.end).toMatchObject({
    attempt: 1,
    result: json("done"),
    completeTimeMs: 500_000,
    originalScheduleTimeMs: 1_000_000,
  });
});

test("it is tried again until it succeeds, with growing pauses", async () => {
  const times: number[] = [];
  const running = execute(
    {
      retryPolicy: {
        initialIntervalMs: 100,
        backoffCoefficient: 2,
        maximumIntervalMs: 300,
        maximumAttempts: 0,
        nonRetryableErrorTypes: [],
      },
    },
    async (attempt, _, now) => {
      times.push(now - 1_000_000);
      return attempt < 5 ? failed() : { status: "completed", result: undefined };
    },
  );
  expect(await ended(running, 100)).toMatchObject({ attempt: 5 });
  expect(times).toEqual([0, 100, 300, 600, 900]);
  expect(running.retries()).toBe(4);
});

const policy = {
  initialIntervalMs: 10,
  backoffCoefficient: 1,
  maximumIntervalMs: undefined,
  maximumAttempts: 3,
  nonRetryableErrorTypes: ["Fatal"],
};

test.for<[string, Partial<ScheduleLocalActivity>, Partial<ProtoFailure>, Partial<LocalActivityEnd>]>([
  ["attempts are used up", { retryPolicy: policy }, {}, { attempt: 3 }],
  ["it may not be retried", {}, { applicationFailureInfo: { type: "X", nonRetryable: true } }, { attempt: 1 }],
  ["its type may not", { retryPolicy: policy }, { applicationFailureInfo: { type: "Fatal" } }, { attempt: 1 }],
  ["the next attempt is too far away", { localRetryThresholdMs: 500 }, {}, { attempt: 1, backoffMs: 1000 }],
  ["no time is left for another", { scheduleToCloseTimeoutMs: 900 }, {}, { attempt: 1 }],
  [
    "it said itself when to come back",
    { localRetryThresholdMs: 500 },
    { applicationFailureInfo: { type: "X", nextRetryDelay: { seconds: 7, nanos: 0 } } },
    { attempt: 1, backoffMs: 7000 },
  ],
])("it ends with its failure when %s", async ([, command, failure, end]) => {
  const running = execute(command, async () => failed(failure));
  const result = await ended(running, 10);
  expect(result).toMatchObject({ ...end, failure: { message: "no" } });
  expect(result.backoffMs).toBe(end.backoffMs);
});

test("an attempt that takes too long is told to stop, and another one begins", async () => {
  const told: string[] = [];
  const running = execute(
    { startToCloseTimeoutMs: 50, retryPolicy: { ...policy, maximumAttempts: 2 } },
    (_, cancelled) => {
      void cancelled.then((reason) => told.push(reason));
      return never;
    },
  );
  expect(await ended(running, 50)).toMatchObject({ attempt: 2, failure: { timeoutFailureInfo: { timeoutType: 1 } } });
  expect(told).toEqual(["TIMED_OUT", "TIMED_OUT"]);
});

test("a cancellation ends the pause between attempts", async () => {
  const running = execute({}, async () => failed());
  while (running.time.timerCount < 1 || running.retries() > 0) await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  running.execution.cancel();
  expect(await running.end).toMatchObject({ failure: { canceledFailureInfo: {} } });
});
