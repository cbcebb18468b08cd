import type { Expression, Query } from "./ast.ts";

/** Writes a tree as text that parses to the same tree (but for positions). */
export function printQuery(query: Query): string {
  const parts: string[] = [];
  if (query.where !== undefined) parts.push(printExpression(query.where));
  if (query.groupBy.length > 0) parts.push(`GROUP BY ${query.groupBy.map(printExpression).join(", ")}`);
  if (query.orderBy.length > 0) {
    const keys = query.orderBy.map(({ key, descending }) => `${printExpression(key)}${descending ? " DESC" : ""}`);
    parts.push(`ORDER BY ${keys.join(", ")}`);
  }
  if (query.hasLimit) parts.push("LIMIT 1");
  return parts.join(" ");
}

export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case "and":
      return expression.operands.map(printExpression).join(" AND ");
    case "or":
      return expression.operands.map(printExpression).join(" OR ");
    case "not":
      return `NOT ${printExpression(expression.operand)}`;
    case "group":
      return `(${printExpression(expression.inner)})`;
    case "compare":
      return `${printExpression(expression.left)} ${expression.operator} ${printExpression(expression.right)}`;
    case "in":
      return `${printExpression(expression.left)}${not(expression)} IN (${expression.values.map(printExpression).join(", ")})`;
    case "between":
      return `${printExpression(expression.left)}${not(expression)} BETWEEN ${printExpression(expression.low)} AND ${printExpression(expression.high)}`;
    case "is":
      return `${printExpression(expression.left)} IS${not(expression)} ${expression.test}`;
    case "column":
      return printName(expression.name);
    case "string":
      return `'${expression.value.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
    case "number":
    case "unary":
    case "arithmetic":
    case "tuple":
    case "call":
      return expression.text;
    case "boolean":
      return String(expression.value);
    case "null":
      return "NULL";
  }
}

/** Backticks around every name: no name is then taken for a word of the grammar. */
function printName(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

function not(expression: { readonly negated: boolean }): string {
  return expression.negated ? " NOT" : "";
}
