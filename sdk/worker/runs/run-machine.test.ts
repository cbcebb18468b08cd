import { describe, expect, test } from "vitest";
import type { Activation, WorkflowCommand } from "../../workflow/activation.ts";
import { complete, completion, scheduleActivity, scheduleLocalActivity, startTimer } from "./command-fixture.ts";
import { readHistory } from "./history-event.ts";
import { HistoryFixture } from "./history-fixture.ts";
import { RunMachine } from "./run-machine.ts";
import { seedOfRunId } from "./seed.ts";

const identity = { namespace: "default", workflowId: "id", runId: "run", workflowType: "test", taskQueue: "queue" };
const sdk = { name: "perdure", version: "0" };

/** Replays a history against code that gives these commands, activation by activation; returns the activations. */
function replay(history: HistoryFixture, answers: readonly (readonly WorkflowCommand[])[]): Activation[] {
  const machine = new RunMachine(identity, { sdk, deployment: undefined });
  const activations: Activation[] = [];
  machine.feed(readHistory(history.bytes()));
  while (machine.beginTask(0)) {
    for (let next = machine.nextActivation(); next !== undefined; next = machine.nextActivation()) {
      machine.complete(completion(...(answers[activations.length] ?? [])));
      activations.push(next);
    }
    machine.endTask();
  }
  machine.finish();
  return activations;
}

const kinds = (activations: readonly Activation[]): string[][] =>
  activations.map(({ jobs }) => jobs.map(({ kind }) => kind));

describe("history becomes activations", () => {
  test("a timer fires in the task after the one that started it", () => {
    const history = new HistoryFixture().started().task().completed();
    history.timerFired("1", history.timerStarted("1")).task().completed();
    history.add("EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED");
    const activations = replay(history, [[startTimer(1)], [complete]]);
    expect(kinds(activations)).toEqual([["initializeWorkflow"], ["fireTimer"]]);
    expect(activations.map(({ historyLength, nowMs }) => [historyLength, nowMs])).toEqual([
      [3, 1_002_000],
      [8, 1_007_000],
    ]);
  });

  test("tasks that failed are part of the one that did not", () => {
    const history = new HistoryFixture().started().task().taskFailed().task().completed();
    history.add("EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED");
    expect(replay(history, [[complete]]).map(({ historyLength }) => historyLength)).toEqual([6]);
  });

  test("a reset gives the code another seed", () => {
    const history = new HistoryFixture().started().task();
    history.taskFailed({ cause: 20, newRunId: "another" }).task().completed();
    history.add("EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED");
    const jobs = replay(history, [[complete]])[0]?.jobs;
    expect(jobs?.[1]).toEqual({ kind: "updateRandomSeed", randomnessSeed: seedOfRunId("another") });
  });

  test("patches are known before the code asks", () => {
    const history = new HistoryFixture().started().task().completed();
    history.marker("core_patch", { "patch-data": { id: "new", deprecated: false } });
    history.add("EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED");
    const activations = replay(history, [[{ kind: "setPatchMarker", patchId: "new", deprecated: false }, complete]]);
    expect(kinds(activations)).toEqual([["initializeWorkflow", "notifyHasPatch"]]);
  });

  test("a deprecated patch may be gone from the code", () => {
    const history = new HistoryFixture().started().task().completed();
    history.marker("core_patch", { "patch-data": { id: "old", deprecated: true } });
    history.add("EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED");
    expect(replay(history, [[complete]])).toHaveLength(1);
  });

  test("ends of local activities come one by one in the order of their markers", () => {
    const history = new HistoryFixture().started().task().completed();
    history.localActivity(2, "b").localActivity(1, "a");
    history.add("EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED");
    const activations = replay(history, [[scheduleLocalActivity(1), scheduleLocalActivity(2)], [], [complete]]);
    expect(activations.slice(1).map(({ jobs }) => jobs[0])).toMatchObject([
      { kind: "resolveActivity", seq: 2, isLocal: true },
      { kind: "resolveActivity", seq: 1, isLocal: true },
    ]);
  });

  const heartbeats = (name: string): HistoryFixture => {
    const history = new HistoryFixture().started().task().completed(name).task().completed(name);
    history.localActivity(1, "a").add("EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED");
    return history;
  };

  test("a task asked for by a local activity is one of its own in our histories", () => {
    const activations = replay(heartbeats("perdure"), [[scheduleLocalActivity(1)], [complete]]);
    expect(activations.map(({ historyLength }) => historyLength)).toEqual([3, 6]);
  });

  test("it is one with the task before it in histories of official workers", () => {
    const activations = replay(heartbeats("temporal-typescript"), [[scheduleLocalActivity(1)], [complete]]);
    expect(activations.map(({ historyLength }) => historyLength)).toEqual([6, 6]);
  });

  test("what is cancelled in the task that asked for it leaves nothing", () => {
    const history = new HistoryFixture().started().task().completed();
    history.add("EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED");
    const activations = replay(history, [
      [startTimer(1), { kind: "cancelTimer", seq: 1 }, scheduleActivity(1), { kind: "requestCancelActivity", seq: 1 }],
      [complete],
    ]);
    expect(activations[1]?.jobs).toMatchObject([{ kind: "resolveActivity", seq: 1, result: { status: "cancelled" } }]);
  });

  test("the closing command comes last, whatever the code asked for after it", () => {
    const history = new HistoryFixture().started().task().completed();
    history.timerStarted("1");
    history.add("EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED");
    expect(replay(history, [[complete, startTimer(1)]])).toHaveLength(1);
  });
});

describe("history and code disagree", () => {
  const timerInHistory = (): HistoryFixture => {
    const history = new HistoryFixture().started().task().completed();
    history.timerFired("1", history.timerStarted("1"));
    return history.task().completed();
  };
  const cases: readonly [name: string, history: HistoryFixture, code: WorkflowCommand[], message: RegExp][] = [
    [
      "another command",
      timerInHistory(),
      [scheduleActivity(1)],
      /5 TimerStarted timerId "1"\n.*scheduleActivity seq 1/,
    ],
    ["no command", timerInHistory(), [], /5 TimerStarted timerId "1"\n.*no command/],
    ["another id", timerInHistory(), [startTimer(2)], /timerId "1"\n.*startTimer timerId "2"/],
    [
      "one too many",
      timerInHistory(),
      [startTimer(1), startTimer(2)],
      /no event of type TimerStarted.*\n.*timerId "2"/,
    ],
    [
      "a patch gone",
      new HistoryFixture()
        .started()
        .task()
        .completed()
        .marker("core_patch", { "patch-data": { id: "p", deprecated: false } }),
      [],
      /MarkerRecorded patch "p"\n.*no command/,
    ],
    [
      "another local activity",
      new HistoryFixture().started().task().completed().localActivity(1, "a"),
      [scheduleLocalActivity(1, { activityType: "other" })],
      /local activity seq 1 activityId "1" activityType "work"\n.*activityType "other"/,
    ],
  ];
  test.for(cases)("%s", ([, history, code, message]) => {
    expect(() => replay(history, [code])).toThrow(message);
  });
});
