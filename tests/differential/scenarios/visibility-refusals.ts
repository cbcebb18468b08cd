/** Queries that no server answers: every text of refusal, by what is wrong. */
import type { Conversation } from "../conversation.ts";
import { scenario } from "../scenario.ts";
import type { Scenario } from "../scenario.ts";

const REFUSED: Readonly<Record<string, readonly string[]>> = {
  "operators that Keyword does not have": [
    "WorkflowId LIKE 'a%'",
    "WorkflowId NOT LIKE 'a%'",
    "WorkflowId REGEXP 'a'",
    "WorkflowId RLIKE 'a'",
    "WorkflowId NOT REGEXP 'a'",
    "WorkflowId <=> 'a'",
    "ExecutionStatus LIKE 'Run%'",
  ],
  "operators that numbers and times do not have": [
    "HistoryLength LIKE 1",
    "HistoryLength <=> 1",
    "StartTime LIKE '2020-01-01T00:00:00Z'",
    "HistoryLength STARTS_WITH 1",
    "HistoryLength NOT STARTS_WITH 1",
    "StartTime STARTS_WITH '2020-01-01T00:00:00Z'",
    "ExecutionDuration STARTS_WITH '1h'",
  ],
  "operators that Bool does not have": [
    "TemporalSchedulePaused > true",
    "TemporalSchedulePaused BETWEEN false AND true",
    "TemporalSchedulePaused STARTS_WITH true",
    "TemporalSchedulePaused LIKE true",
  ],
  "operators that KeywordList does not have": [
    "BuildIds > 'a'",
    "BuildIds <= 'a'",
    "BuildIds BETWEEN 'a' AND 'b'",
    "BuildIds NOT BETWEEN 'a' AND 'b'",
    "BuildIds STARTS_WITH 'a'",
    "BuildIds LIKE 'a'",
  ],
  "a name on the right": [
    "WorkflowId = WorkflowType",
    "WorkflowId = a",
    "WorkflowId IN (a, 'b')",
    "StartTime BETWEEN a AND b",
    "WorkflowId STARTS_WITH a",
    "WorkflowId = `a`",
    "WorkflowId = a.b",
  ],
  "something else than a name on the left": [
    "'WorkflowId' = 'a'",
    "1 = 1",
    "true = true",
    "NULL = 'a'",
    "(WorkflowId) = 'a'",
    "-HistoryLength = 1",
    "1 IN (1, 2)",
    "'a' IS NULL",
    "'a' BETWEEN 'a' AND 'b'",
  ],
  "expressions that are no condition": [
    "WorkflowId",
    "true",
    "1",
    "'a'",
    "NULL",
    "('a')",
    "-1",
    "NOT WorkflowId",
    "WorkflowId = 'a' AND true",
  ],
  "arithmetic and signs": [
    "HistoryLength = 1 + 2",
    "HistoryLength + 1 = 2",
    "HistoryLength = 2 * 3",
    "HistoryLength = 5 % 2",
    "HistoryLength = ~1",
    "HistoryLength = !1",
    "HistoryLength = - -1x",
    "WorkflowId = -'a'",
  ],
  functions: [
    "HistoryLength = abs(1)",
    "lower(WorkflowId) = 'a'",
    "StartTime > now()",
    "WorkflowId = concat('a', 'b')",
    "count(*) = 1",
  ],
  tuples: ["WorkflowId IN 'a'", "WorkflowId IN ()", "(WorkflowId, RunId) = ('a', 'b')", "WorkflowId IN (('a'))"],
  "values of another type for Keyword": [
    "WorkflowId = 5",
    "WorkflowId = 5.5",
    "WorkflowId = true",
    "WorkflowId = NULL",
    "WorkflowId IN ('a', 5)",
    "WorkflowId BETWEEN 1 AND 2",
    "WorkflowId STARTS_WITH 5",
    "TaskQueue != false",
  ],
  "values of another type for Int": [
    "HistoryLength = 'many'",
    "HistoryLength = '5'",
    "HistoryLength > true",
    "HistoryLength IN (1, 'a')",
    "HistoryLength BETWEEN 1 AND 'b'",
    "HistoryLength = NULL",
  ],
  "values of another type for Bool": [
    "TemporalSchedulePaused = 'true'",
    "TemporalSchedulePaused = 1",
    "TemporalSchedulePaused IN (true, 0)",
    "TemporalSchedulePaused = NULL",
  ],
  "values of another type for Datetime": [
    "StartTime = true",
    "StartTime > 1.5",
    "StartTime > 'yesterday'",
    "StartTime > '2020-01-01'",
    "StartTime > '2020-13-01T00:00:00Z'",
    "StartTime > '2020-01-01T00:00:00'",
    "StartTime > ''",
    "StartTime BETWEEN 'a' AND 'b'",
    "CloseTime = NULL",
  ],
  "numbers that are none": [
    "HistoryLength = 0x1F",
    "HistoryLength = 1e",
    "HistoryLength = 99999999999999999999999999999999",
    "HistoryLength = 1.2.3",
    "HistoryLength = 1e999",
  ],
  "statuses that are none": [
    "ExecutionStatus = 'Nonsense'",
    "ExecutionStatus = 'running'",
    "ExecutionStatus = ''",
    "ExecutionStatus = -1",
    "ExecutionStatus = 99",
    "ExecutionStatus = 1.5",
    "ExecutionStatus = true",
    "ExecutionStatus IN ('Running', 'Nonsense')",
    "ExecutionStatus STARTS_WITH 'Run'",
    "ExecutionStatus STARTS_WITH 'Running'",
  ],
  "durations that are none": [
    "ExecutionDuration > 'long'",
    "ExecutionDuration > '1y'",
    "ExecutionDuration > '1:2'",
    "ExecutionDuration > '00:60:00'",
    "ExecutionDuration > 1.5",
    "ExecutionDuration > true",
    "ExecutionDuration IN ('1h', 'x')",
  ],
  "IS with something else than NULL": [
    "WorkflowId IS TRUE",
    "WorkflowId IS FALSE",
    "WorkflowId IS NOT TRUE",
    "WorkflowId IS NOT FALSE",
    "WorkflowId IS 'a'",
    "WorkflowId IS",
    "WorkflowId IS NOT",
  ],
  "names that are unknown": [
    "NoSuchAttribute = 1",
    "workflowid = 'a'",
    "WORKFLOWID = 'a'",
    "Temporal = 'a'",
    "TemporalNoSuch = 1",
    "TemporalTemporalWorkflowId = 'a'",
    "a.WorkflowId = 'a'",
    "`No Such` = 1",
    "NoSuchAttribute IS NULL",
    "NoSuchAttribute IN ('a')",
    "NamespaceId = 'a'",
    "Memo = 'a'",
  ],
  "text that ends too early": [
    "WorkflowId =",
    "WorkflowId = 'a' AND",
    "WorkflowId = 'a' OR",
    "NOT",
    "(",
    "(WorkflowId = 'a'",
    "WorkflowId IN ('a'",
    "WorkflowId IN (",
    "WorkflowId BETWEEN 'a'",
    "WorkflowId BETWEEN 'a' AND",
    "WorkflowId NOT",
    "WorkflowId STARTS_WITH",
  ],
  "text that goes on": [
    "WorkflowId = 'a')",
    "WorkflowId = 'a' 'b'",
    "WorkflowId = 'a' WorkflowType = 'b'",
    "WorkflowId = 'a';;",
    "WorkflowId = 'a' nonsense",
    "SELECT 1",
  ],
  quotes: [
    "WorkflowId = 'a",
    'WorkflowId = "a',
    "WorkflowId = 'it's'",
    "`WorkflowId = 'a'",
    "`` = 'a'",
    "WorkflowId = 'a\\",
  ],
  "characters that are none of ours": [
    "WorkflowId == 'a'",
    "WorkflowId = 'a' # comment",
    "WorkflowId = @a",
    "WorkflowId = $1",
    "WorkflowId = 'é' é",
    "WorkflowId ~ 'a'",
    "{}",
    "\\",
  ],
  "reserved words": [
    "select = 1",
    "from = 'a'",
    "order = 1",
    "group = 1",
    "WorkflowId = table",
    "where WorkflowId = 'a'",
  ],
  LIMIT: [
    "WorkflowId = 'a' LIMIT 3",
    "LIMIT 3",
    "WorkflowId = 'a' LIMIT 1, 2",
    "WorkflowId = 'a' LIMIT 3 OFFSET 1",
    "ORDER BY StartTime LIMIT 5",
  ],
  "a sort by what cannot be": [
    "ORDER BY 'StartTime'",
    "ORDER BY NoSuchAttribute",
    "ORDER BY StartTime NONSENSE",
    "ORDER BY",
    "ORDER StartTime",
    "ORDER BY 5",
  ],
};

const REFUSED_COUNTS: readonly string[] = [
  "GROUP BY WorkflowId",
  "GROUP BY RunId",
  "GROUP BY StartTime",
  "GROUP BY HistoryLength",
  "GROUP BY BuildIds",
  "GROUP BY NoSuchAttribute",
  "GROUP BY ExecutionStatus, WorkflowId",
  "GROUP BY 'ExecutionStatus'",
  "GROUP BY 5",
  "GROUP BY",
  "GROUP ExecutionStatus",
  "GROUP BY ExecutionStatus,",
  "GROUP BY ExecutionStatus ORDER BY StartTime",
  "GROUP BY ExecutionStatus LIMIT 5",
  "WorkflowId = 5 GROUP BY ExecutionStatus",
  "WorkflowId = 'a' ORDER BY StartTime",
];

async function refuse(t: Conversation, method: string, queries: readonly string[]): Promise<void> {
  for (const query of queries) await t.call(method, { namespace: t.namespace, query }, { note: query });
}

export const visibilityRefusals: readonly Scenario[] = [
  ...Object.entries(REFUSED).map(([what, queries]) =>
    scenario(`visibility refusals/${what}`, (t) => refuse(t, "ListWorkflowExecutions", queries)),
  ),
  scenario("visibility refusals/counts", (t) => refuse(t, "CountWorkflowExecutions", REFUSED_COUNTS)),
  scenario("visibility refusals/scans", (t) =>
    refuse(t, "ScanWorkflowExecutions", ["nonsense", "NoSuchAttribute = 1", "WorkflowId = 5"]),
  ),
  scenario("visibility refusals/too deep and too long", async (t) => {
    const chain = (length: number): string => Array.from({ length }, () => "WorkflowId = 'a'").join(" OR ");
    await t.call("CountWorkflowExecutions", { namespace: t.namespace, query: chain(996) }, { note: "996 conditions" });
    const nested = `${"(".repeat(250)}WorkflowId = 'a'${")".repeat(250)}`;
    await t.call("CountWorkflowExecutions", { namespace: t.namespace, query: nested }, { note: "250 parentheses" });
  }),
  scenario("visibility refusals/namespaces and tokens", async (t) => {
    for (const method of ["ListWorkflowExecutions", "ScanWorkflowExecutions", "CountWorkflowExecutions"]) {
      await t.call(method, { query: "" });
      await t.call(method, { namespace: "no-such-namespace", query: "" });
    }
    for (const method of ["ListOpenWorkflowExecutions", "ListClosedWorkflowExecutions"]) {
      await t.call(method, {});
      await t.call(method, { namespace: "no-such-namespace" });
    }
  }),
];
