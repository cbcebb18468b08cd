/**
 * The untyped syntax tree of a query. The grammar is wider than what visibility offers (as Temporal's is), so that
 * `resolve` can say precisely what is not offered. Names and values are as written; `at` is an offset into the text.
 */

/** As written, but `<>` is `!=`, and words are in upper case. */
export type ComparisonOperator =
  | "="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  | "<=>"
  | "LIKE"
  | "NOT LIKE"
  | "REGEXP"
  | "NOT REGEXP"
  | "STARTS_WITH"
  | "NOT STARTS_WITH";

export interface ColumnExpression {
  readonly kind: "column";
  readonly name: string;
  readonly at: number;
}

export interface InExpression {
  readonly kind: "in";
  readonly left: Expression;
  readonly values: readonly Expression[];
  readonly negated: boolean;
  readonly at: number;
}

export interface BetweenExpression {
  readonly kind: "between";
  readonly left: Expression;
  readonly low: Expression;
  readonly high: Expression;
  readonly negated: boolean;
  readonly at: number;
}

export interface IsExpression {
  readonly kind: "is";
  readonly left: Expression;
  readonly test: "NULL" | "TRUE" | "FALSE";
  readonly negated: boolean;
  readonly at: number;
}

export interface CompareExpression {
  readonly kind: "compare";
  readonly left: Expression;
  readonly operator: ComparisonOperator;
  readonly right: Expression;
  readonly at: number;
}

export type Expression =
  /** At least two operands; a chain of one operator is one node. */
  | { readonly kind: "and" | "or"; readonly operands: readonly Expression[]; readonly at: number }
  | { readonly kind: "not"; readonly operand: Expression; readonly at: number }
  | { readonly kind: "group"; readonly inner: Expression; readonly at: number }
  | CompareExpression
  | InExpression
  | BetweenExpression
  | IsExpression
  | ColumnExpression
  | { readonly kind: "string"; readonly value: string; readonly at: number }
  /** Digits as written, with the signs before them folded into at most one minus. */
  | { readonly kind: "number"; readonly text: string; readonly at: number }
  | { readonly kind: "boolean"; readonly value: boolean; readonly at: number }
  | { readonly kind: "null"; readonly at: number }
  /** What visibility never offers keeps its source text only. */
  | {
      readonly kind: "unary" | "arithmetic" | "tuple" | "call";
      readonly text: string;
      readonly at: number;
    };

export interface SortKey {
  readonly key: Expression;
  readonly descending: boolean;
}

export interface Query {
  readonly where: Expression | undefined;
  readonly groupBy: readonly Expression[];
  readonly orderBy: readonly SortKey[];
  readonly hasLimit: boolean;
}
