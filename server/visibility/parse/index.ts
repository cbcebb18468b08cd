export type { ColumnExpression, ComparisonOperator, Expression, Query, SortKey } from "./ast.ts";
export { parseQuery } from "./parser.ts";
export { printQuery } from "./print.ts";
