/** What each operator and system attribute finds among a few executions of the scenario's own. */
import { scenario } from "../scenario.ts";
import type { Scenario } from "../scenario.ts";
import { cancelWorkflow, completeWorkflow, failWorkflow } from "../steps/commands.ts";
import { attribute } from "../steps/payload.ts";
import { begin, close, counts, NONE, settle } from "../steps/visibility.ts";
import { startWorkflow, terminateWorkflow } from "../steps/workflow.ts";
import { doTask } from "../steps/workflow-task.ts";
import type { Plain } from "../wire-format.ts";

export const visibilityOperators: readonly Scenario[] = [
  scenario("visibility queries/workflow ids", async (t) => {
    const group = await begin(t, { "a-1": NONE, "a-2": NONE, "b-1": NONE });
    const [a1, a2] = [t.id("a-1"), t.id("a-2")];
    await counts(t, group, [
      `WorkflowId = '${a1}'`,
      `WorkflowId != '${a1}'`,
      `WorkflowId <> '${a1}'`,
      `WorkflowId > '${a1}'`,
      `WorkflowId >= '${a1}'`,
      `WorkflowId < '${a2}'`,
      `WorkflowId <= '${a2}'`,
      `WorkflowId IN ('${a1}', '${a2}', 'nobody')`,
      `WorkflowId NOT IN ('${a1}', '${a2}')`,
      `WorkflowId BETWEEN 'a' AND 'b'`,
      `WorkflowId NOT BETWEEN 'a' AND 'b'`,
      "WorkflowId STARTS_WITH 'a-'",
      "WorkflowId NOT STARTS_WITH 'a-'",
      "WorkflowId STARTS_WITH ''",
      "WorkflowId STARTS_WITH 'a%'",
      "WorkflowId STARTS_WITH 'a_'",
      "WorkflowId IS NULL",
      "WorkflowId IS NOT NULL",
      "workflowId = 'a'",
    ]);
  }),

  scenario("visibility queries/statuses", async (t) => {
    const type = t.identifier("Type");
    const of = (name: string): Plain => ({
      workflowId: t.id(name),
      workflowType: { name: type },
      taskQueue: { name: t.id(name) },
      requestId: t.id(name),
    });
    for (const name of ["completed", "failed", "canceled", "terminated", "running"]) await startWorkflow(t, of(name));
    await doTask(t, [completeWorkflow()], {}, { queue: "completed" });
    await doTask(t, [failWorkflow()], {}, { queue: "failed" });
    await doTask(t, [cancelWorkflow()], {}, { queue: "canceled" });
    await terminateWorkflow(t, { workflowExecution: { workflowId: t.id("terminated") } });
    const group = { type, all: `WorkflowType = '${type}'` };
    await settle(t, `${group.all} AND ExecutionStatus != 'Running'`, 4);
    await counts(t, group, [
      "ExecutionStatus = 'Running'",
      "ExecutionStatus = 'Completed'",
      "ExecutionStatus = 1",
      "ExecutionStatus = 2",
      "ExecutionStatus = 0",
      "ExecutionStatus = 'Unspecified'",
      "ExecutionStatus = 'Canceled'",
      "ExecutionStatus = 'WORKFLOW_EXECUTION_STATUS_FAILED'",
      "ExecutionStatus IN ('Failed', 'Canceled', 5)",
      "ExecutionStatus NOT IN ('Failed', 'Canceled')",
      "ExecutionStatus != 'Terminated'",
      "ExecutionStatus IS NULL",
      "ExecutionStatus > 1",
      "ExecutionStatus BETWEEN 2 AND 4",
      "TemporalExecutionStatus = 'Failed'",
    ]);
    await t.call("CountWorkflowExecutions", { namespace: t.namespace, query: `${group.all} GROUP BY ExecutionStatus` });
    await t.call("CountWorkflowExecutions", {
      namespace: t.namespace,
      query: `${group.all} AND ExecutionStatus IN ('Failed', 'Completed') GROUP BY ExecutionStatus`,
    });
    await t.call("ListWorkflowExecutions", {
      namespace: t.namespace,
      query: `${group.all} AND ExecutionStatus = 'Failed'`,
    });
  }),

  scenario("visibility queries/precedence", async (t) => {
    const group = await begin(t, { a: NONE, b: NONE, c: NONE });
    const is = (name: string): string => `WorkflowId = '${t.id(name)}'`;
    await counts(t, group, [
      `${is("a")} OR ${is("b")} AND ${is("c")}`,
      `(${is("a")} OR ${is("b")}) AND ${is("c")}`,
      `NOT ${is("a")} AND NOT ${is("b")}`,
      `NOT (${is("a")} OR ${is("b")})`,
      `NOT NOT ${is("a")}`,
      `NOT ${is("a")} OR ${is("a")}`,
      `${is("a")} && ${is("b")}`,
      `${is("a")} || ${is("b")}`,
      `((${is("a")}))`,
      `${is("a")} and ${is("a")} or not ${is("b")}`,
    ]);
  }),

  scenario("visibility queries/quotes and escapes", async (t) => {
    const user = (value: string): Plain => ({ BatcherUser: attribute("Keyword", value) });
    const group = await begin(t, {
      apostrophe: user("it's"),
      percent: user("50%_x"),
      blank: user(""),
      wide: user("héllo 世界 😀"),
    });
    await counts(t, group, [
      "BatcherUser = 'it''s'",
      "BatcherUser = 'it\\'s'",
      'BatcherUser = "it\'s"',
      "BatcherUser = '50%_x'",
      "BatcherUser STARTS_WITH '50%'",
      "BatcherUser STARTS_WITH '5_%'",
      "BatcherUser = ''",
      "BatcherUser = 'héllo 世界 😀'",
      "BatcherUser STARTS_WITH 'héllo 世'",
      "`BatcherUser` = 'it''s'",
      "BatcherUser IS NOT NULL",
    ]);
  }),

  scenario("visibility queries/times", async (t) => {
    const group = await begin(t, { open: NONE, closed: NONE });
    await close(t, "closed");
    await settle(t, `${group.all} AND CloseTime IS NOT NULL`, 1);
    await counts(t, group, [
      "StartTime > '2020-01-01T00:00:00Z'",
      "StartTime < '2020-01-01T00:00:00Z'",
      "StartTime > '2020-01-01T00:00:00.123456789+05:30'",
      "StartTime BETWEEN '2020-01-01T00:00:00Z' AND '2199-01-01T00:00:00Z'",
      "StartTime NOT BETWEEN '2020-01-01T00:00:00Z' AND '2199-01-01T00:00:00Z'",
      "StartTime > 0",
      "StartTime > 1577836800000000000",
      "StartTime IN ('2020-01-01T00:00:00Z', 5)",
      "StartTime != '2020-01-01T00:00:00Z'",
      "CloseTime IS NULL",
      "CloseTime > '2020-01-01T00:00:00Z'",
      "CloseTime < '2020-01-01T00:00:00Z'",
      "NOT CloseTime > '2020-01-01T00:00:00Z'",
      "ExecutionTime > '2020-01-01T00:00:00Z'",
      "ExecutionTime < '2020-01-01T00:00:00Z'",
    ]);
  }),

  scenario("visibility queries/what is known at the close", async (t) => {
    const group = await begin(t, { open: NONE, closed: NONE });
    await close(t, "closed");
    await settle(t, `${group.all} AND CloseTime IS NOT NULL`, 1);
    await counts(t, group, [
      "HistoryLength = 3",
      "HistoryLength > 2.5",
      "HistoryLength = 2.5",
      "HistoryLength IN (2, 3)",
      "HistoryLength BETWEEN 0 AND 100",
      "HistoryLength IS NULL",
      "NOT HistoryLength = 3",
      "HistoryLength != 4",
      "HistorySizeBytes > 0",
      "StateTransitionCount > 0",
      "ExecutionDuration < '24h'",
      "ExecutionDuration < '1d'",
      "ExecutionDuration < '24:00:00'",
      "ExecutionDuration < 86400000000000",
      "ExecutionDuration > '1d12h'",
      "ExecutionDuration >= '-1s'",
      "ExecutionDuration IS NULL",
      "ExecutionDuration BETWEEN '0s' AND '1h30m'",
    ]);
  }),

  scenario("visibility queries/aliases", async (t) => {
    const group = await begin(t, {
      a: { TemporalScheduledById: attribute("Keyword", "s"), BuildIds: attribute("KeywordList", ["b"]) },
    });
    const id = t.id("a");
    await counts(t, group, [
      `TemporalWorkflowId = '${id}'`,
      "ScheduledById = 's'",
      "TemporalScheduledById = 's'",
      "TemporalBuildIds = 'b'",
      "ChangeVersion IS NULL",
      "WorkerDeployment IS NULL",
      "TemporalRunId IS NOT NULL",
      "TemporalBatcherUser IS NULL",
    ]);
  }),

  scenario("visibility queries/root and parent of a lone run", async (t) => {
    const group = await begin(t, { a: NONE });
    const id = t.id("a");
    await counts(t, group, [
      `RootWorkflowId = '${id}'`,
      "RootWorkflowId = 'nobody'",
      "RootRunId IS NOT NULL",
      "ParentWorkflowId IS NULL",
      "ParentWorkflowId = 'nobody'",
      "ParentWorkflowId != 'nobody'",
      "ParentRunId IS NOT NULL",
      "RunId = 'no-uuid'",
      "RunId != 'no-uuid'",
      `TaskQueue = '${t.id("queue")}'`,
      "TaskQueue STARTS_WITH 'queue'",
    ]);
  }),

  scenario("visibility queries/keyword lists", async (t) => {
    const group = await begin(t, {
      two: { BuildIds: attribute("KeywordList", ["x", "y"]) },
      one: { BuildIds: attribute("KeywordList", ["y"]) },
      none: NONE,
    });
    await counts(t, group, [
      "BuildIds = 'x'",
      "BuildIds = 'y'",
      "BuildIds != 'x'",
      "BuildIds != 'z'",
      "BuildIds IN ('x', 'z')",
      "BuildIds IN ('x', 'y')",
      "BuildIds NOT IN ('x', 'z')",
      "BuildIds NOT IN ('x', 'y')",
      "NOT BuildIds = 'x'",
      "NOT BuildIds IN ('x', 'y')",
      "BuildIds IS NULL",
      "BuildIds IS NOT NULL",
      "BuildIds = 'x' AND BuildIds = 'y'",
    ]);
  }),

  scenario("visibility queries/booleans", async (t) => {
    const group = await begin(t, {
      yes: { TemporalSchedulePaused: attribute("Bool", true) },
      no: { TemporalSchedulePaused: attribute("Bool", false) },
      none: NONE,
    });
    await counts(t, group, [
      "TemporalSchedulePaused = true",
      "TemporalSchedulePaused = false",
      "TemporalSchedulePaused != true",
      "TemporalSchedulePaused IN (true, false)",
      "TemporalSchedulePaused NOT IN (true)",
      "NOT TemporalSchedulePaused = true",
      "TemporalSchedulePaused IS NULL",
      "SchedulePaused = TRUE",
    ]);
  }),

  scenario("visibility queries/divisions", async (t) => {
    const division = t.id("division");
    const group = await begin(t, { plain: NONE });
    await t.silently("StartWorkflowExecution", {
      namespace: t.namespace,
      workflowId: t.id("divided"),
      workflowType: { name: group.type },
      taskQueue: { name: t.id("queue") },
      requestId: t.id("divided"),
      searchAttributes: { indexedFields: { TemporalNamespaceDivision: attribute("Keyword", division) } },
    });
    await settle(t, `${group.all} AND TemporalNamespaceDivision = '${division}'`, 1);
    await counts(t, group, [
      "WorkflowId IS NOT NULL",
      `TemporalNamespaceDivision = '${division}'`,
      `NamespaceDivision = '${division}'`,
      "TemporalNamespaceDivision IS NULL",
      "TemporalNamespaceDivision IS NOT NULL",
      "TemporalNamespaceDivision IS NULL OR TemporalNamespaceDivision IS NOT NULL",
      `TemporalNamespaceDivision != '${division}'`,
      `NOT TemporalNamespaceDivision = '${division}'`,
      "TemporalNamespaceDivision STARTS_WITH 'division'",
      "TemporalNamespaceDivision = 'nobody' OR WorkflowId IS NOT NULL",
    ]);
    for (const query of [
      `${group.all} GROUP BY TemporalNamespaceDivision`,
      `${group.all} AND TemporalNamespaceDivision IS NOT NULL GROUP BY TemporalNamespaceDivision`,
      `${group.all} AND TemporalNamespaceDivision IS NOT NULL GROUP BY ExecutionStatus`,
    ]) {
      await t.call("CountWorkflowExecutions", { namespace: t.namespace, query });
    }
    await t.call("ListWorkflowExecutions", { namespace: t.namespace, query: group.all });
  }),
];
