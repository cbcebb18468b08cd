/** Lists of executions: order, pages, and what their entries hold. */
import { scenario } from "../scenario.ts";
import type { Scenario } from "../scenario.ts";
import { payload } from "../steps/payload.ts";
import { begin, close, NONE, settle } from "../steps/visibility.ts";
import { startWorkflow } from "../steps/workflow.ts";
import type { Plain } from "../wire-format.ts";

export const visibilityLists: readonly Scenario[] = [
  scenario("visibility lists/pages", async (t) => {
    const group = await begin(t, { a: NONE, b: NONE, c: NONE });
    for (const method of ["ListWorkflowExecutions", "ScanWorkflowExecutions"]) {
      let nextPageToken: unknown;
      for (let page = 0; page < 2; page++) {
        const reply: Plain = await t.call(method, {
          namespace: t.namespace,
          query: group.all,
          pageSize: 2,
          nextPageToken,
        });
        nextPageToken = reply.nextPageToken;
      }
    }
  }),

  scenario("visibility lists/open first, then the last closed", async (t) => {
    const group = await begin(t, { a: NONE, b: NONE, c: NONE, d: NONE });
    await close(t, "b");
    await settle(t, `${group.all} AND CloseTime IS NOT NULL`, 1);
    await close(t, "a");
    await settle(t, `${group.all} AND CloseTime IS NOT NULL`, 2);
    await t.call("ListWorkflowExecutions", { namespace: t.namespace, query: group.all });
  }),

  scenario("visibility lists/memo and attributes", async (t) => {
    const type = t.identifier("Type");
    await startWorkflow(t, {
      workflowType: { name: type },
      memo: { fields: { note: payload("hello") } },
      searchAttributes: { indexedFields: { BatcherUser: payload("u"), TemporalSchedulePaused: payload(true) } },
    });
    await settle(t, `WorkflowType = '${type}'`, 1);
    await t.call("ListWorkflowExecutions", { namespace: t.namespace, query: `WorkflowType = '${type}'` });
    await t.call("ListOpenWorkflowExecutions", { namespace: t.namespace, typeFilter: { name: type } });
  }),

  scenario("visibility lists/open and closed by fields", async (t) => {
    const group = await begin(t, { open: NONE, closed: NONE });
    await close(t, "closed");
    await settle(t, `${group.all} AND CloseTime IS NOT NULL`, 1);
    const typeFilter = { name: group.type };
    await t.call("ListOpenWorkflowExecutions", { namespace: t.namespace, typeFilter });
    await t.call("ListClosedWorkflowExecutions", { namespace: t.namespace, typeFilter });
    await t.call("ListOpenWorkflowExecutions", {
      namespace: t.namespace,
      executionFilter: { workflowId: t.id("open") },
    });
    await t.call("ListClosedWorkflowExecutions", {
      namespace: t.namespace,
      executionFilter: { workflowId: t.id("closed") },
    });
    await t.call("ListClosedWorkflowExecutions", { namespace: t.namespace, statusFilter: { status: "RUNNING" } });
    await t.call("ListOpenWorkflowExecutions", {
      namespace: t.namespace,
      typeFilter,
      startTimeFilter: { earliestTime: { seconds: 1_900_000_000 }, latestTime: { seconds: 1_500_000_000 } },
    });
  }),
];
