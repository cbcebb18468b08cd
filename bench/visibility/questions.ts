/** What the bench asks, and how long the answer may take. */
export type Limit = "page" | "count" | "any";

export const LIMIT_MS: Readonly<Record<Limit, number>> = { page: 20, count: 60, any: 2_000 };

export interface Question {
  readonly query: string;
  readonly limit: Limit;
}

const page = (query: string): Question => ({ query, limit: "page" });
const count = (query: string): Question => ({ query, limit: "count" });
const any = (query: string): Question => ({ query, limit: "any" });

/** A page of twenty. `NOW` is when the last execution began. */
export const PAGES: readonly Question[] = [
  page(""),
  page("ExecutionStatus = 'Running'"),
  page("ExecutionStatus = 'Completed'"),
  page("ExecutionStatus = 'Terminated'"),
  page("ExecutionStatus = 'TimedOut'"),
  page("WorkflowType = 'Type3'"),
  page("WorkflowType = 'Rare'"),
  page("WorkflowType = 'None'"),
  page("TaskQueue = 'queue-7'"),
  page("TaskQueue = 'rare'"),
  page("WorkflowId = 'order-4711'"),
  page("WorkflowId STARTS_WITH 'order-4711'"),
  page("StartTime > 'LAST_HOUR'"),
  page("StartTime < 'FIRST_HOUR'"),
  page("CloseTime > 'LAST_HOUR'"),
  page("CloseTime BETWEEN 'FIRST_HOUR' AND 'SECOND_HOUR'"),
  page("CloseTime IS NULL"),
  page("ExecutionTime < 'FIRST_HOUR'"),
  page("HistoryLength > 1000"),
  page("HistoryLength > 20"),
  page("ExecutionDuration > '4m'"),
  page("ParentWorkflowId = 'order-4700'"),
  page("RootWorkflowId = 'order-4700'"),
  page("Customer = 'customer-77'"),
  page("Customer STARTS_WITH 'customer-77'"),
  page("Region = 'asia'"),
  page("Mark = 'rare'"),
  page("Mark != 'common'"),
  page("WorkflowType != 'Type3'"),
  page("Amount > 99990"),
  page("Amount > 500"),
  page("Score BETWEEN 10 AND 10.5"),
  page("Paid = true"),
  page("Due < '2023-11-14T23:00:00Z'"),
  page("Tags = 'tag-7'"),
  page("Notes = 'word77'"),
  page("Region IS NOT NULL"),
  page("Customer = 'customer-77' AND ExecutionStatus = 'Completed' AND Paid = true"),
  page("Customer = 'customer-77' AND StartTime > 'FIRST_HOUR'"),
  page("Mark = 'rare' AND Region = 'asia'"),
  page("WorkflowType = 'Type3' AND ExecutionStatus = 'Failed'"),
  any("Region = 'asia' AND Plan = 'plan-1' AND Amount > 99000"),
  any("Region = 'asia' AND Region = 'eu-west'"),
  any("HistoryLength = 3"),
  any("ExecutionTime < 'FIRST_HOUR' AND Paid = true"),
  any("NOT (Region = 'asia' OR Paid = true OR Amount > 500)"),
  any("RunId = '00000000-0000-0000-0000-000000000000'"),
  any("ORDER BY StartTime"),
  any("ORDER BY Amount DESC"),
  any("Paid = true ORDER BY Score"),
];

export const COUNTS: readonly Question[] = [
  count(""),
  count("ExecutionStatus = 'Completed'"),
  count("ExecutionStatus = 'Running'"),
  count("WorkflowType = 'Type3'"),
  count("TaskQueue = 'queue-7'"),
  count("Customer = 'customer-77'"),
  count("Region = 'asia'"),
  count("Paid = true"),
  count("Amount > 50000"),
  count("Tags = 'tag-7'"),
  count("Notes = 'word77'"),
  count("GROUP BY ExecutionStatus"),
  count("GROUP BY WorkflowType"),
  count("GROUP BY Region"),
  count("GROUP BY Paid"),
  any("Paid = true AND Amount > 50000"),
  any("Region = 'asia' GROUP BY ExecutionStatus"),
  any("HistoryLength < 20"),
  any("NOT (Region = 'asia' OR Paid = true OR Amount > 500)"),
];

/** Reads every row and every row's attributes. */
export const ENDLESS = "NOT (Region = 'asia' OR Plan = 'plan-1' OR Amount < 500 OR Notes = 'word1' OR Due < 0)";
