/** Queries that are answered: what each operator, type and name finds among a few executions of the scenario's own. */
import type { Conversation } from "../conversation.ts";
import { scenario } from "../scenario.ts";
import type { Scenario } from "../scenario.ts";
import { cancelWorkflow, completeWorkflow, failWorkflow, upsertSearchAttributes } from "../steps/commands.ts";
import { attribute, payload } from "../steps/payload.ts";
import { describeWorkflow, startWorkflow, terminateWorkflow } from "../steps/workflow.ts";
import { doTask } from "../steps/workflow-task.ts";
import type { Plain } from "../wire-format.ts";

interface Group {
  readonly type: string;
  /** The condition that all of the scenario's executions meet, and no other. */
  readonly all: string;
}

/** Starts executions, named and with attributes, and waits until all are found. */
async function begin(t: Conversation, names: Readonly<Record<string, Plain>>): Promise<Group> {
  const type = t.identifier("Type");
  const all = `WorkflowType = '${type}'`;
  for (const [name, indexedFields] of Object.entries(names)) {
    await t.silently("StartWorkflowExecution", {
      namespace: t.namespace,
      workflowId: t.id(name),
      workflowType: { name: type },
      taskQueue: { name: t.id("queue") },
      requestId: t.id(name),
      ...(Object.keys(indexedFields).length === 0 ? {} : { searchAttributes: { indexedFields } }),
    });
  }
  await settle(t, all, Object.keys(names).length);
  return { type, all };
}

/** Waits until a query counts so many. */
async function settle(t: Conversation, query: string, wanted: number): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const { count } = await t.silently("CountWorkflowExecutions", { namespace: t.namespace, query });
    if (Number(count ?? 0) === wanted) return;
    await t.sleep(50);
  }
  throw new Error(`${query} never counted ${wanted}`);
}

/** Each condition with how many it counts. */
async function counts(t: Conversation, { all }: Group, conditions: readonly string[]): Promise<void> {
  for (const condition of conditions) {
    const query = `${all} AND (${condition})`;
    await t.call("CountWorkflowExecutions", { namespace: t.namespace, query }, { note: condition });
  }
}

const close = (t: Conversation, name: string): Promise<unknown> =>
  t.silently("TerminateWorkflowExecution", {
    namespace: t.namespace,
    workflowExecution: { workflowId: t.id(name) },
  });

const NONE = {};

/** A custom attribute of the scenario's own, known to the server when this returns. */
async function addAttribute(t: Conversation, type: string): Promise<string> {
  const name = t.identifier("Attr");
  await t.operator("AddSearchAttributes", { namespace: t.namespace, searchAttributes: { [name]: type } });
  for (let attempt = 0; attempt < 300; attempt++) {
    const { error } = await t.silently("CountWorkflowExecutions", {
      namespace: t.namespace,
      query: `${name} IS NULL AND WorkflowId = 'nobody'`,
    });
    if (error === undefined) return name;
    await t.sleep(50);
  }
  throw new Error(`attribute ${name} was never known`);
}

/** The field that the server keeps an attribute in. */
async function fieldOf(t: Conversation, name: string): Promise<string> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const { config } = await t.silently("DescribeNamespace", { namespace: t.namespace });
    const aliases = (config?.customSearchAttributeAliases ?? {}) as Record<string, string>;
    const found = Object.entries(aliases).find(([, alias]) => alias === name);
    if (found !== undefined) return found[0];
    await t.sleep(50);
  }
  throw new Error(`attribute ${name} has no field`);
}

async function withAttribute(t: Conversation, type: string, run: (name: string) => Promise<void>): Promise<void> {
  const name = await addAttribute(t, type);
  await run(name);
  await t.operator("RemoveSearchAttributes", { namespace: t.namespace, searchAttributes: [name] });
}

const operators: Scenario[] = [
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

const customAttributes: Scenario[] = [
  scenario("visibility attributes/Int", (t) =>
    withAttribute(t, "INT", async (name) => {
      const group = await begin(t, {
        five: { [name]: attribute("Int", 5) },
        minus: { [name]: attribute("Int", -7) },
        none: NONE,
      });
      await counts(t, group, [
        `${name} = 5`,
        `${name} = 5.0`,
        `${name} != 5`,
        `${name} > -10`,
        `${name} > 4.5`,
        `${name} < 5.5`,
        `${name} = 4.5`,
        `${name} IN (5, -7)`,
        `${name} NOT IN (5)`,
        `${name} BETWEEN -7 AND 5`,
        `${name} NOT BETWEEN 0 AND 10`,
        `NOT ${name} = 5`,
        `${name} IS NULL`,
        `${name} = 'five'`,
        `${name} = true`,
        `${name} STARTS_WITH 5`,
      ]);
    }),
  ),

  scenario("visibility attributes/Double", (t) =>
    withAttribute(t, "DOUBLE", async (name) => {
      const group = await begin(t, {
        half: { [name]: attribute("Double", 2.5) },
        minus: { [name]: attribute("Double", -0.5) },
        whole: { [name]: attribute("Double", 3) },
        none: NONE,
      });
      await counts(t, group, [
        `${name} = 2.5`,
        `${name} = 25e-1`,
        `${name} = 3`,
        `${name} > 0`,
        `${name} <= -0.5`,
        `${name} IN (2.5, 3)`,
        `${name} BETWEEN 0 AND 2.5`,
        `${name} != 2.5`,
        `${name} IS NOT NULL`,
        `${name} = 'x'`,
        `${name} STARTS_WITH 2.5`,
      ]);
    }),
  ),

  scenario("visibility attributes/Bool", (t) =>
    withAttribute(t, "BOOL", async (name) => {
      const group = await begin(t, { yes: { [name]: attribute("Bool", true) }, none: NONE });
      await counts(t, group, [`${name} = true`, `${name} = false`, `${name} IS NULL`, `${name} = 1`, `${name} < true`]);
    }),
  ),

  scenario("visibility attributes/Datetime", (t) =>
    withAttribute(t, "DATETIME", async (name) => {
      const group = await begin(t, {
        a: { [name]: attribute("Datetime", "2020-01-02T03:04:05Z") },
        b: { [name]: attribute("Datetime", "2021-06-07T06:09:10Z") },
        none: NONE,
      });
      await counts(t, group, [
        `${name} > '2020-12-31T00:00:00Z'`,
        `${name} <= '2021-06-07T06:09:11Z'`,
        `${name} BETWEEN '2020-01-01T00:00:00Z' AND '2020-12-31T23:59:59Z'`,
        `${name} IS NULL`,
        `${name} > 'x'`,
        `${name} STARTS_WITH '2020-01-02T03:04:05Z'`,
      ]);
    }),
  ),

  scenario("visibility attributes/Keyword", (t) =>
    withAttribute(t, "KEYWORD", async (name) => {
      const group = await begin(t, {
        red: { [name]: attribute("Keyword", "red") },
        green: { [name]: attribute("Keyword", "green") },
        none: NONE,
      });
      await counts(t, group, [
        `${name} = 'red'`,
        `${name} != 'red'`,
        `NOT ${name} = 'red'`,
        `${name} IN ('red', 'green')`,
        `${name} NOT IN ('red')`,
        `${name} STARTS_WITH 'gr'`,
        `${name} NOT STARTS_WITH 'gr'`,
        `${name} BETWEEN 'a' AND 'm'`,
        `${name} IS NULL`,
        `Temporal${name} = 'red'`,
        `${name} = 5`,
      ]);
    }),
  ),

  scenario("visibility attributes/KeywordList", (t) =>
    withAttribute(t, "KEYWORD_LIST", async (name) => {
      const group = await begin(t, {
        both: { [name]: attribute("KeywordList", ["a", "b"]) },
        one: { [name]: attribute("KeywordList", ["b"]) },
        none: NONE,
      });
      await counts(t, group, [
        `${name} = 'a'`,
        `${name} = 'b'`,
        `${name} NOT IN ('a')`,
        `${name} != 'a'`,
        `${name} > 'a'`,
        `${name} IS NULL`,
      ]);
    }),
  ),

  scenario("visibility attributes/Text", (t) =>
    withAttribute(t, "TEXT", async (name) => {
      const group = await begin(t, {
        fox: { [name]: attribute("Text", "The quick brown fox") },
        dog: { [name]: attribute("Text", "a lazy DOG, sleeping") },
        none: NONE,
      });
      await counts(t, group, [
        `${name} = 'fox'`,
        `${name} = 'QUICK'`,
        `${name} = 'dog'`,
        `${name} = 'fox dog'`,
        `${name} = 'quic'`,
        `${name} = 'unicorn'`,
        `${name} != 'fox'`,
        `NOT ${name} = 'fox'`,
        `${name} IS NULL`,
        `${name} = ''`,
        `${name} = ' '`,
        `${name} > 'a'`,
        `${name} IN ('fox')`,
        `${name} BETWEEN 'a' AND 'b'`,
        `${name} STARTS_WITH 'qui'`,
        `${name} = 5`,
      ]);
    }),
  ),

  scenario("visibility attributes/values that do not fit", (t) =>
    withAttribute(t, "INT", async (name) => {
      const values: readonly unknown[] = ["five", 1.5, true, [1, 2], { a: 1 }, 2 ** 70, [3], []];
      for (const [number, value] of values.entries()) {
        await startWorkflow(t, {
          workflowId: t.id(`workflow-${number}`),
          requestId: t.id(`start-${number}`),
          searchAttributes: { indexedFields: { [name]: payload(value) } },
        });
      }
    }),
  ),

  scenario("visibility attributes/set, changed and removed", (t) =>
    withAttribute(t, "KEYWORD", async (name) => {
      await startWorkflow(t, { searchAttributes: { indexedFields: { [name]: payload("green") } } });
      const found = (value: string): string => `${name} = '${value}'`;
      await settle(t, found("green"), 1);
      await doTask(t, [upsertSearchAttributes({ [name]: payload("blue") })]);
      await settle(t, found("blue"), 1);
      await t.call("CountWorkflowExecutions", { namespace: t.namespace, query: found("green") });
      await describeWorkflow(t);
      await t.silently("SignalWorkflowExecution", {
        namespace: t.namespace,
        workflowExecution: { workflowId: t.id("workflow") },
        signalName: "signal",
      });
      await doTask(t, [upsertSearchAttributes({ [name]: payload(null) })]);
      await settle(t, found("blue"), 0);
      await describeWorkflow(t);
      await terminateWorkflow(t);
    }),
  ),

  scenario("visibility attributes/registered again", async (t) => {
    const name = await addAttribute(t, "KEYWORD");
    const add = (type: string): Promise<Plain> =>
      t.operator("AddSearchAttributes", { namespace: t.namespace, searchAttributes: { [name]: type } });
    await add("KEYWORD");
    await add("INT");
    await t.operator("AddSearchAttributes", { namespace: t.namespace, searchAttributes: { BuildIds: "KEYWORD_LIST" } });
    await t.operator("AddSearchAttributes", { namespace: t.namespace, searchAttributes: { TemporalOwn: "KEYWORD" } });
    await t.operator("RemoveSearchAttributes", { namespace: t.namespace, searchAttributes: ["BuildIds"] });
    await t.operator("RemoveSearchAttributes", { namespace: t.namespace, searchAttributes: [name] });
    await t.operator("RemoveSearchAttributes", { namespace: t.namespace, searchAttributes: [name] });
  }),

  scenario("visibility attributes/renamed", async (t) => {
    const [old, name] = [await addAttribute(t, "KEYWORD"), t.identifier("Renamed")];
    const group = await begin(t, { a: { [old]: attribute("Keyword", "v") }, none: NONE });
    const field = await fieldOf(t, old);
    const rename = async (alias: string): Promise<string> => {
      const config = { customSearchAttributeAliases: { [field]: alias } };
      const { error }: Plain = await t.silently("UpdateNamespace", { namespace: t.namespace, config });
      return error === undefined ? "OK" : `${error.code} ${error.message}`;
    };
    // The field's number is the server's choice, so the outcome stands in a note.
    const outcomes = [await rename(name), await rename(old), await rename(""), await rename(""), await rename(name)];
    for (let attempt = 0; attempt < 300; attempt++) {
      const known = await t.silently("CountWorkflowExecutions", { namespace: t.namespace, query: `${name} IS NULL` });
      if (known.error === undefined) break;
      await t.sleep(50);
    }
    await t.call("CountWorkflowExecutions", { namespace: t.namespace, query: `${group.all} AND ${name} = 'v'` });
    await t.call("CountWorkflowExecutions", { namespace: t.namespace, query: `${group.all} AND ${old} = 'v'` });
    const query = `${group.all} AND ${name} IS NOT NULL`;
    await t.call("ListWorkflowExecutions", { namespace: t.namespace, query });
    await describeWorkflow(t, { workflowId: t.id("a") }, { note: outcomes.join("; ") });
    await t.operator("RemoveSearchAttributes", { namespace: t.namespace, searchAttributes: [name] });
  }),

  scenario("visibility attributes/a removed one is unknown", async (t) => {
    const name = await addAttribute(t, "KEYWORD");
    await t.operator("RemoveSearchAttributes", { namespace: t.namespace, searchAttributes: [name] });
    await t.callWhen(
      "CountWorkflowExecutions",
      { namespace: t.namespace, query: `${name} = 'x'` },
      ({ error }) => error !== undefined,
    );
    await startWorkflow(t, { searchAttributes: { indexedFields: { [name]: payload("x") } } });
  }),
];

const lists: Scenario[] = [
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

export const visibilityQueries: readonly Scenario[] = [...operators, ...customAttributes, ...lists];
