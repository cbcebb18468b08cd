import { expect, test } from "vitest";
import { duration } from "../api/duration.ts";
import { HandedTasks } from "./handed-tasks.ts";

const STEADY = { since: 10_000, storeMs: 100 };

/** The faults of an activity whose attempts with these numbers were handed out. */
function faultsOf(attempts: readonly number[], { scheduledAtS = 20, timeoutMs = 5_000 } = {}): string[] {
  const handed = new HandedTasks();
  for (const attempt of attempts) {
    handed.note({
      taskToken: new Uint8Array(1),
      activityId: "a",
      attempt,
      workflowExecution: { workflowId: "w", runId: "r" },
      scheduledTime: { seconds: scheduledAtS, nanos: 0 },
      startToCloseTimeout: duration(timeoutMs),
    });
  }
  const faults: string[] = [];
  handed.checkAttempts(STEADY, faults);
  return faults;
}

test("an attempt whose predecessor nobody had is a fault", () => {
  expect(faultsOf([2])).toEqual(["activity a of run r: attempt 2 was handed out, and the one before it never was"]);
  expect(faultsOf([1, 3])).toHaveLength(1);
});

test("attempts that come one after the other are none, nor is one that is handed out again", () => {
  expect(faultsOf([1, 2, 2, 3])).toEqual([]);
});

test("nothing is said of activities from rough times, nor of time-outs that the store may outlast", () => {
  expect(faultsOf([2], { scheduledAtS: 5 })).toEqual([]);
  expect(faultsOf([2], { timeoutMs: 800 })).toEqual([]);
});
