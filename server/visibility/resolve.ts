/**
 * From the untyped tree to a filter of the store: names become columns or attributes, literals become values of their
 * types, and what visibility does not offer is refused with the peer's texts.
 *
 * 1. The filter holds at most CONDITIONS_MAX conditions and VALUES_MAX values: a store may bind each as a parameter.
 * 2. Unless the query speaks of TemporalNamespaceDivision, only executions without one are found.
 * 3. Text and keyword lists are sets: `=` and IN ask for a member, their negations hold without any value too.
 */
import type { Scalar, VisibilityField, VisibilityFilter, VisibilitySort } from "../store/visibility.ts";
import { DIVISION_NAME } from "../store/visibility.ts";
import type { AttributeRegistry, NamedField } from "./attribute-registry.ts";
import { fieldNamed } from "./attribute-registry.ts";
import { invalidExpression, InvalidQueryError, notSupported, unknownAttribute } from "./errors.ts";
import { convertLiteral, literalOf } from "./literal.ts";
import type {
  BetweenExpression,
  CompareExpression,
  ComparisonOperator,
  Expression,
  InExpression,
  IsExpression,
  Query,
  SortKey,
} from "./parse/ast.ts";
import { EXECUTION_STATUS_NAMES } from "./execution-status.ts";
import { syntaxTypeName } from "./syntax-type-name.ts";
import { textTokens } from "./text-tokens.ts";

export const CONDITIONS_MAX = 4_000;
export const VALUES_MAX = 12_000;

export interface ResolvedQuery {
  readonly filter: VisibilityFilter | undefined;
  /** Of a count. */
  readonly groupBy: NamedField | undefined;
  /** Of a list. */
  readonly sort: VisibilitySort | undefined;
}

export interface ResolveOptions {
  /** Lists accept a grouping as the peer does, but do not group. */
  readonly operation: "list" | "count";
}

const DIVISION = { kind: "attribute", name: DIVISION_NAME, type: "Keyword" } as const;

/** What default visibility shows: executions that belong to no division. */
export const NO_DIVISION: VisibilityFilter = { kind: "isNull", field: DIVISION, negated: false };

export function resolveQuery(query: Query, registry: AttributeRegistry, options: ResolveOptions): ResolvedQuery {
  if (query.hasLimit) throw notSupported("'LIMIT' clause");
  const resolver = new Resolver(registry);
  const where = query.where === undefined ? undefined : resolver.condition(query.where);
  const groupBy = resolver.groupBy(query.groupBy);
  const sort = resolver.sort(query.orderBy);
  const filter = resolver.withDivision(where);
  if (options.operation === "list") return { filter, groupBy: undefined, sort };
  if (sort !== undefined) throw notSupported("'ORDER BY' clause");
  return { filter, groupBy, sort };
}

class Resolver {
  readonly #registry: AttributeRegistry;
  #mentionsDivision = false;
  #conditions = 0;
  #values = 0;

  constructor(registry: AttributeRegistry) {
    this.#registry = registry;
  }

  withDivision(where: VisibilityFilter | undefined): VisibilityFilter | undefined {
    if (this.#mentionsDivision) return where;
    return where === undefined ? NO_DIVISION : { kind: "and", filters: [where, NO_DIVISION] };
  }

  groupBy(keys: readonly Expression[]): NamedField | undefined {
    const [key, ...others] = keys;
    if (key === undefined) return undefined;
    if (others.length > 0) throw notSupported("'GROUP BY' clause supports only a single field");
    const named = this.#field(key);
    if (isGroupable(named)) return named;
    throw notSupported(`'GROUP BY' clause is not supported for search attribute ${named.name}`);
  }

  sort(keys: readonly SortKey[]): VisibilitySort | undefined {
    const [first, ...others] = keys.map(({ key, descending }) => ({ field: this.#field(key).field, descending }));
    if (first === undefined) return undefined;
    // Of a set there is no first.
    const unsortable = [first, ...others].find(({ field }) => isSet(field));
    if (unsortable !== undefined) {
      throw notSupported(`unable to sort by search attribute type ${unsortable.field.type}`);
    }
    if (others.length > 0) throw notSupported("'ORDER BY' clause supports only a single field");
    return first;
  }

  condition(expression: Expression): VisibilityFilter {
    switch (expression.kind) {
      case "and":
      case "or":
        return { kind: expression.kind, filters: expression.operands.map((operand) => this.condition(operand)) };
      case "not": {
        const filter = this.condition(expression.operand);
        return filter.kind === "not" ? filter.filter : { kind: "not", filter };
      }
      case "group":
        return this.condition(expression.inner);
      case "compare":
        return this.#compare(expression);
      case "in":
        return this.#in(expression);
      case "between":
        return this.#between(expression);
      case "is":
        return this.#is(expression);
      case "column":
        throw invalidExpression("incomplete expression");
      default:
        throw notSupported(`expression of type ${syntaxTypeName(expression)}`);
    }
  }

  #compare({ left, operator, right }: CompareExpression): VisibilityFilter {
    const named = this.#condition(left);
    const value = this.#value(right, named);
    if (operator === "STARTS_WITH" || operator === "NOT STARTS_WITH") return startsWith(named, operator, value);
    if (!isComparison(operator)) throw unsupported(operator, named);
    const { field } = named;
    const isEquality = operator === "=" || operator === "!=";
    if (field.type === "Text" && isEquality) return hasToken(named, value as string, operator === "!=");
    if (isSet(field) && !isEquality) throw unsupported(operator, named);
    return { kind: "compare", field, op: operator, value };
  }

  #in({ left, values, negated }: InExpression): VisibilityFilter {
    const named = this.#condition(left);
    const converted = values.map((value) => this.#value(value, named));
    if (named.field.type === "Text") throw unsupported(negated ? "NOT IN" : "IN", named);
    return { kind: "in", field: named.field, values: converted, negated };
  }

  #between({ left, low, high, negated }: BetweenExpression): VisibilityFilter {
    const named = this.#condition(left);
    const { field, name } = named;
    if (field.type === "Bool" || isSet(field)) {
      throw invalidExpression(`cannot do range condition on search attribute '${name}' of type ${field.type}`);
    }
    return { kind: "between", field, low: this.#value(low, named), high: this.#value(high, named), negated };
  }

  #is({ left, test, negated }: IsExpression): VisibilityFilter {
    const { field } = this.#condition(left);
    if (test !== "NULL") throw invalidExpression("'IS' operator can only be used as 'IS NULL' or 'IS NOT NULL'");
    return { kind: "isNull", field, negated };
  }

  #condition(left: Expression): NamedField {
    this.#conditions++;
    if (this.#conditions > CONDITIONS_MAX) throw tooMany("conditions", CONDITIONS_MAX);
    return this.#field(left);
  }

  #field(expression: Expression): NamedField {
    if (expression.kind !== "column") {
      throw invalidExpression(`must be a column name but was ${syntaxTypeName(expression)}`);
    }
    const named = fieldNamed(expression.name, this.#registry);
    if (named === undefined) throw unknownAttribute(expression.name);
    if (named.field.kind === "attribute" && named.field.name === DIVISION.name) this.#mentionsDivision = true;
    return named;
  }

  #value(expression: Expression, { name, type, form }: NamedField): Scalar {
    this.#values++;
    if (this.#values > VALUES_MAX) throw tooMany("values", VALUES_MAX);
    return convertLiteral(literalOf(expression), { name, type, form });
  }
}

function startsWith(named: NamedField, operator: "STARTS_WITH" | "NOT STARTS_WITH", prefix: Scalar): VisibilityFilter {
  if (named.form === "status") {
    const got = EXECUTION_STATUS_NAMES[Number(prefix)];
    throw invalidExpression(`right-hand side of "starts_with" operator must be a literal string (got: ${got})`);
  }
  if (named.type !== "Keyword" || typeof prefix !== "string") throw unsupported(operator, named);
  return { kind: "startsWith", field: named.field, prefix, negated: operator === "NOT STARTS_WITH" };
}

/** Any word of the query's text is enough. A text without words is in no attribute. */
function hasToken(named: NamedField, text: string, negated: boolean): VisibilityFilter {
  if (text.trim() === "") {
    throw invalidExpression(`no tokens found filtering on Text type search attribute ${named.name}`);
  }
  return { kind: "in", field: named.field, values: textTokens(text), negated };
}

/** System fields that say what something is, not which one, and attributes of one short value. */
function isGroupable({ field }: NamedField): boolean {
  if (field.kind === "system") return ["status", "workflowType", "taskQueue"].includes(field.column);
  return ["Keyword", "Bool", "Int"].includes(field.type);
}

function isSet(field: VisibilityField): boolean {
  return field.type === "Text" || field.type === "KeywordList";
}

function isComparison(operator: ComparisonOperator): operator is "=" | "!=" | "<" | "<=" | ">" | ">=" {
  return ["=", "!=", "<", "<=", ">", ">="].includes(operator);
}

function unsupported(operator: string, { name, type }: NamedField): InvalidQueryError {
  return notSupported(`operator '${operator}' not supported for ${type} type search attribute '${name}'`);
}

function tooMany(what: string, max: number): InvalidQueryError {
  return new InvalidQueryError(`invalid query: more than ${max} ${what}`);
}
