/** What the right-hand side of a comparison says, and its conversion to the type of the attribute on the left. */
import type { AttributeType, Scalar } from "../store/visibility.ts";
import { compactInteger, microsOfNanos, parseDatetime } from "./datetime.ts";
import { parseDuration } from "./duration.ts";
import type { InvalidQueryError } from "./errors.ts";
import { invalidExpression, notSupported } from "./errors.ts";
import { EXECUTION_STATUS_NAMES, parseExecutionStatus } from "./execution-status.ts";
import { goFloat, goQuoted } from "./go-format.ts";
import { syntaxTypeName } from "./syntax-type-name.ts";
import type { Expression } from "./parse/index.ts";

export type Literal =
  | { readonly kind: "int64"; readonly value: bigint }
  | { readonly kind: "float64"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "bool"; readonly value: boolean };

/** The attribute a literal is compared with; `name` as the query writes it. */
export interface LiteralTarget {
  readonly name: string;
  readonly type: AttributeType;
  /** The two system attributes whose values have forms of their own. */
  readonly form: "status" | "duration" | "plain";
}

export function literalOf(expression: Expression): Literal {
  switch (expression.kind) {
    case "string":
      return { kind: "string", value: expression.value };
    case "boolean":
      return { kind: "bool", value: expression.value };
    case "number":
      return numberOf(expression.text);
    case "column":
      throw notSupported(
        `column name on the right side of comparison expression (did you forget to quote "${expression.name}"?)`,
      );
    case "call":
      throw notSupported("nested func");
    case "unary":
      if (/^[~!]/.test(expression.text)) throw notSupported(`unary operator "${expression.text[0]}"`);
      throw invalidExpression(`unary operator not supported in "${expression.text}"`);
    default:
      throw invalidExpression(`unexpected value type ${syntaxTypeName(expression)}`);
  }
}

function numberOf(text: string): Literal {
  if (/^-?\d+$/.test(text)) {
    const value = BigInt(text);
    if (BigInt.asIntN(64, value) === value) return { kind: "int64", value };
  }
  // Hexadecimal and an exponent without digits are tokens, but no numbers.
  const value = /x|e[+-]?$/i.test(text) ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw invalidExpression(`unable to parse value "${text}"`);
  return { kind: "float64", value };
}

export function convertLiteral(literal: Literal, target: LiteralTarget): Scalar {
  if (target.form === "status") return statusOf(literal, target);
  if (target.form === "duration") return durationOf(literal, target);
  switch (target.type) {
    case "Int":
    case "Double":
      if (literal.kind === "int64") return compactInteger(literal.value);
      if (literal.kind === "float64") return literal.value;
      break;
    case "Bool":
      if (literal.kind === "bool") return literal.value;
      break;
    case "Datetime":
      if (literal.kind === "int64") return microsOfNanos(literal.value);
      if (literal.kind === "string") return datetimeOf(literal.value);
      break;
    case "Text":
    case "Keyword":
    case "KeywordList":
      if (literal.kind === "string") return literal.value;
      break;
  }
  throw wrongType(literal, target);
}

function datetimeOf(text: string): Scalar {
  const micros = parseDatetime(text);
  if (micros === undefined) throw invalidExpression(`unable to parse datetime '${text}'`);
  return micros;
}

function statusOf(literal: Literal, target: LiteralTarget): Scalar {
  switch (literal.kind) {
    case "string": {
      const status = parseExecutionStatus(literal.value);
      if (status === undefined) throw invalidExpression(`invalid ExecutionStatus value '${literal.value}'`);
      return status;
    }
    case "int64": {
      const isKnown = literal.value >= 0n && literal.value < BigInt(EXECUTION_STATUS_NAMES.length);
      if (!isKnown) throw invalidExpression(`invalid ExecutionStatus value ${literal.value}`);
      return Number(literal.value);
    }
    case "float64":
      throw invalidExpression(`unexpected value type float64 for search attribute ${target.name}`);
    case "bool":
      throw wrongType(literal, target);
  }
}

function durationOf(literal: Literal, target: LiteralTarget): Scalar {
  switch (literal.kind) {
    case "string": {
      const nanos = parseDuration(literal.value);
      if (nanos === undefined) {
        throw invalidExpression(`invalid duration value for search attribute ${target.name}: ${literal.value}`);
      }
      return nanos;
    }
    case "int64":
      return compactInteger(literal.value);
    case "float64":
      throw invalidExpression(`unexpected value type float64 for search attribute ${target.name}`);
    case "bool":
      throw wrongType(literal, target);
  }
}

function wrongType(literal: Literal, { name, type }: LiteralTarget): InvalidQueryError {
  const shown = `${show(literal)} (type: ${literal.kind})`;
  return invalidExpression(`invalid value type for search attribute ${name} of type ${type}: ${shown}`);
}

function show(literal: Literal): string {
  switch (literal.kind) {
    case "string":
      return goQuoted(literal.value);
    case "float64":
      return goFloat(literal.value);
    case "int64":
    case "bool":
      return String(literal.value);
  }
}
