import { expect, test } from "vitest";
import { WorkflowExecutionStatus } from "../../../api/gen/enums.js";
import { ChildPart, RunState } from "../gen/messages.js";
import type { Entity } from "../kernel/index.ts";
import { Parts } from "../kernel/parts.ts";
import type { Report } from "./check-history.ts";
import { checkParts } from "./check-parts.ts";

const { WORKFLOW_EXECUTION_STATUS_RUNNING: OPEN, WORKFLOW_EXECUTION_STATUS_TERMINATED: CLOSED } =
  WorkflowExecutionStatus;

test.each([
  ["an open run's child", { status: OPEN, pendingChildCount: 1 }, 7, []],
  [
    "a child that is not counted",
    { status: OPEN, pendingChildCount: 0 },
    7,
    ["it has 1 pending children, its state says 0"],
  ],
  [
    "a child that a close left",
    { status: CLOSED, pendingChildCount: 1 },
    7,
    ["it has 1 pending children, its state says 0"],
  ],
  ["a child whose start was on its way at the close", { status: CLOSED, pendingChildCount: 1 }, 0, []],
  ["a child of a run that was reset", { status: CLOSED, pendingChildCount: 1, resetRunId: "next" }, 7, []],
])("%s", (_, fields, startedEventId, problems) => {
  const parts = new Parts(() => 1);
  parts.set("c:5", { ...ChildPart.decode(new Uint8Array(0)), startedEventId });
  const state = { ...RunState.decode(new Uint8Array(0)), ...fields };
  const found: string[] = [];
  const report: Report = (_kind, problem) => void found.push(problem);
  checkParts({ parts, state } as Entity<RunState>, undefined, { kindIds: new Set(), report });
  expect(found).toEqual(problems);
});
