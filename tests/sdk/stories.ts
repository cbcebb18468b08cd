// The runs whose histories are recorded: which workflow, and what is done to it meanwhile.

import type { Client, WorkflowHandle } from "@temporalio/client";
import { randomUUID } from "node:crypto";

export interface Story {
  readonly name: string;
  readonly workflow: string;
  readonly args?: readonly unknown[];
  readonly taskTimeout?: string;
  /** Starts it otherwise than by a plain start. */
  readonly start?: (told: Told) => Promise<void>;
  /** Which of several runs; the first unless told otherwise. */
  readonly records?: "last run";
  readonly meanwhile?: (told: Told) => Promise<unknown>;
}

export interface Told {
  readonly client: Client;
  readonly taskQueue: string;
  readonly handle: WorkflowHandle;
  /** Resolves when the history has as many events of a type (a number of EventType). */
  untilEvents(type: number, count: number): Promise<void>;
}

/** Event id of the WorkflowTaskCompleted after one timer. */
const SECOND_TASK = 9;

const STARTED = 6;
const COMPLETED = 7;
const TIMER_STARTED = 17;

const update = ({ handle }: Told, name: string, arg: unknown): Promise<unknown> =>
  handle.executeUpdate(name, { args: [arg] }).catch((error: unknown) => error);

export const stories: readonly Story[] = [
  { name: "returns-at-once", workflow: "returnsAtOnce", args: ["value"] },
  { name: "fails", workflow: "fails", args: ["on purpose"] },
  { name: "draws-numbers", workflow: "drawsNumbers" },
  { name: "tells-time", workflow: "tellsTime" },
  { name: "counts-down", workflow: "countsDown", args: [2] },
  { name: "changes-its-attributes", workflow: "changesItsAttributes" },
  {
    name: "carries-over",
    workflow: "carriesOver",
    start: async ({ client, taskQueue, handle }) => {
      await client.workflow.start("carriesOver", {
        taskQueue,
        workflowId: handle.workflowId,
        args: [1],
        memo: { first: "memo" },
        retry: { maximumAttempts: 3 },
      });
    },
  },
  {
    name: "draws-after-reset",
    workflow: "drawsAfterReset",
    records: "last run",
    meanwhile: async ({ client, handle, untilEvents }) => {
      await untilEvents(COMPLETED, 3);
      const { runId } = await handle.describe();
      await client.workflowService.resetWorkflowExecution({
        namespace: "default",
        workflowExecution: { workflowId: handle.workflowId, runId },
        // The encoder takes numbers too; its types know only Long.
        workflowTaskFinishEventId: SECOND_TASK as never,
        requestId: randomUUID(),
        reason: "recording",
      });
    },
  },
  {
    name: "answers-queries",
    workflow: "answersQueries",
    meanwhile: async ({ handle, untilEvents }) => {
      await untilEvents(COMPLETED, 1);
      await handle.query("state");
      await handle.query("nonsense").catch(() => {});
      await handle.signal("finish", "done");
    },
  },
  {
    name: "cleans-up-when-cancelled",
    workflow: "cleansUpWhenCancelled",
    meanwhile: async ({ handle, untilEvents }) => {
      await untilEvents(TIMER_STARTED, 1);
      await handle.cancel();
    },
  },
  {
    name: "swallows-cancellation",
    workflow: "swallowsCancellation",
    meanwhile: async ({ handle, untilEvents }) => {
      await untilEvents(COMPLETED, 1);
      await handle.cancel();
    },
  },
  { name: "fails-its-first-task", workflow: "failsItsFirstTask" },
  { name: "fails-its-second-task", workflow: "failsItsSecondTask" },
  { name: "knows-its-history", workflow: "knowsItsHistory" },
  { name: "sleeps-twice", workflow: "sleepsTwice" },
  { name: "sleeps-in-parallel", workflow: "sleepsInParallel" },
  { name: "cancels-timers", workflow: "cancelsTimers" },
  { name: "waits-for-nothing", workflow: "waitsForNothing" },
  { name: "times-out-a-scope", workflow: "timesOutAScope" },
  { name: "calls-in-turn", workflow: "callsInTurn", args: [3] },
  { name: "calls-in-parallel", workflow: "callsInParallel", args: [4] },
  { name: "calls-failing", workflow: "callsFailing" },
  { name: "call-times-out", workflow: "callTimesOut" },
  { name: "cancels-before-sent", workflow: "cancelsBeforeSent" },
  { name: "tries-to-cancel", workflow: "triesToCancel" },
  { name: "waits-for-cancellation", workflow: "waitsForCancellation" },
  { name: "abandons-activity", workflow: "abandonsActivity" },
  { name: "calls-locally", workflow: "callsLocally", args: [3] },
  { name: "calls-locally-in-parallel", workflow: "callsLocallyInParallel" },
  { name: "mixes-local-and-timers", workflow: "mixesLocalAndTimers" },
  { name: "calls-locally-failing", workflow: "callsLocallyFailing" },
  { name: "backs-off-by-timer", workflow: "backsOffByTimer" },
  { name: "local-times-out", workflow: "localTimesOut" },
  { name: "stays-local", workflow: "staysLocal", args: [2500], taskTimeout: "1s" },
  {
    name: "hears-while-local",
    workflow: "hearsWhileLocal",
    args: [2500],
    taskTimeout: "1s",
    meanwhile: async ({ handle, untilEvents }) => {
      await untilEvents(STARTED, 2);
      await handle.signal("poke", "one");
    },
  },
  { name: "cancels-locally", workflow: "cancelsLocally" },
  { name: "calls-children", workflow: "callsChildren" },
  { name: "child-exists-already", workflow: "childExistsAlready" },
  { name: "cancels-children", workflow: "cancelsChildren" },
  ...["ABANDON", "TRY_CANCEL", "WAIT_CANCELLATION_COMPLETED", "WAIT_CANCELLATION_REQUESTED"].map((type) => ({
    name: `cancels-starting-child-${type.toLowerCase().replaceAll("_", "-")}`,
    workflow: "cancelsStartingChild",
    args: [type],
    meanwhile: async ({ handle, untilEvents }: Told) => {
      await untilEvents(STARTED, 1);
      await handle.signal("now");
    },
  })),
  { name: "child-times-out", workflow: "terminatedChild" },
  {
    name: "tells-others",
    workflow: "tellsOthers",
    args: ["friend"],
    meanwhile: async ({ handle }) => void (await handle.result()),
    start: async ({ client, taskQueue, handle }) => {
      const friend = `friend-${randomUUID()}`;
      await client.workflow.start("hearsWhileLocal", { taskQueue, workflowId: friend, args: [1] });
      await client.workflow.start("tellsOthers", { taskQueue, workflowId: handle.workflowId, args: [friend] });
    },
  },
  {
    name: "adds-signals",
    workflow: "addsSignals",
    args: [3],
    meanwhile: async ({ handle, untilEvents }) => {
      await untilEvents(COMPLETED, 1);
      for (const number of [1, 2, 3]) await handle.signal("add", number);
    },
  },
  {
    name: "signal-before-start",
    workflow: "addsSignals",
    start: async ({ client, taskQueue, handle }) => {
      await client.workflow.signalWithStart("addsSignals", {
        taskQueue,
        workflowId: handle.workflowId,
        args: [1],
        signal: "add",
        signalArgs: [5],
      });
    },
  },
  {
    name: "handles-signals-slowly",
    workflow: "handlesSignalsSlowly",
    args: [3],
    meanwhile: async ({ handle }) => Promise.all([1, 2, 3].map((number) => handle.signal("add", number))),
  },
  {
    name: "takes-updates",
    workflow: "takesUpdates",
    args: [6],
    meanwhile: async (told) => {
      await update(told, "addNow", 1);
      await update(told, "addNow", -1);
      await update(told, "slowly", "slow");
      await update(told, "locally", "local");
      await update(told, "failNow", "fails");
      await told.handle.signal("add", 7);
      await update(told, "addNow", 2);
    },
  },
  {
    name: "takes-many-updates-at-once",
    workflow: "takesUpdates",
    args: [7],
    meanwhile: async (told) =>
      Promise.all([
        update(told, "addNow", 1),
        update(told, "addNow", -1),
        told.handle.signal("add", 3),
        update(told, "slowly", "a"),
        update(told, "slowly", "b"),
        update(told, "locally", "c"),
        update(told, "failNow", "d"),
        update(told, "addNow", 4),
      ]),
  },
  { name: "asks-for-patches", workflow: "asksForPatches" },
  { name: "deprecates-patches", workflow: "deprecatesPatches" },
];
