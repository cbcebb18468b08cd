import type { Expression } from "./parse/index.ts";

/** What the peer's messages call a kind of expression. */
const NAMES: Readonly<Record<Expression["kind"], string>> = {
  and: "*sqlparser.AndExpr",
  or: "*sqlparser.OrExpr",
  not: "*sqlparser.NotExpr",
  group: "*sqlparser.ParenExpr",
  compare: "*sqlparser.ComparisonExpr",
  in: "*sqlparser.ComparisonExpr",
  between: "*sqlparser.RangeCond",
  is: "*sqlparser.IsExpr",
  column: "*sqlparser.ColName",
  string: "*sqlparser.SQLVal",
  number: "*sqlparser.SQLVal",
  boolean: "sqlparser.BoolVal",
  null: "*sqlparser.NullVal",
  unary: "*sqlparser.UnaryExpr",
  arithmetic: "*sqlparser.BinaryExpr",
  tuple: "sqlparser.ValTuple",
  call: "*sqlparser.FuncExpr",
};

export function syntaxTypeName(expression: Expression): string {
  return NAMES[expression.kind];
}
