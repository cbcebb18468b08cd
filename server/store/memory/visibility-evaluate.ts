/**
 * A visibility filter as a predicate over rows, in plain three-valued logic: `undefined` is unknown, and only rows for
 * which the filter is true are found. The memory store uses it, and it is the oracle of the SQL.
 */
import type {
  AttributeValue,
  Comparison,
  Scalar,
  VisibilityField,
  VisibilityFilter,
  VisibilityRow,
} from "../visibility.ts";
import { compareScalars } from "../visibility-cursor.ts";

type Truth = boolean | undefined;
type Test = (row: VisibilityRow) => Truth;
type ValueTest = (value: Scalar) => boolean;

export function evaluate(filter: VisibilityFilter): (row: VisibilityRow) => boolean {
  const test = compile(filter);
  return (row) => test(row) === true;
}

function compile(filter: VisibilityFilter): Test {
  switch (filter.kind) {
    case "and":
      return junction(filter.filters.map(compile), false);
    case "or":
      return junction(filter.filters.map(compile), true);
    case "not":
      return negate(compile(filter.filter));
    case "isNull": {
      const read = reader(filter.field);
      return (row) => (read(row) === undefined) !== filter.negated;
    }
    case "compare":
      if (filter.op === "!=") return applied(filter.field, compares("=", filter.value), true);
      return applied(filter.field, compares(filter.op, filter.value), false);
    case "in":
      return applied(filter.field, isOneOf(filter.values), filter.negated);
    case "between": {
      const isFrom = compares(">=", filter.low);
      const isTo = compares("<=", filter.high);
      return applied(filter.field, (value) => isFrom(value) && isTo(value), filter.negated);
    }
    case "startsWith":
      return applied(filter.field, (value) => String(value).startsWith(filter.prefix), filter.negated);
  }
}

/** AND and OR: the deciding value wins, then unknown. */
function junction(tests: readonly Test[], deciding: boolean): Test {
  return (row) => {
    let truth: Truth = !deciding;
    for (const test of tests) {
      const one = test(row);
      if (one === deciding) return deciding;
      if (one === undefined) truth = undefined;
    }
    return truth;
  };
}

function negate(test: Test): Test {
  return (row) => {
    const truth = test(row);
    return truth === undefined ? undefined : !truth;
  };
}

/** Sets (Text, keyword lists) are asked for a member and are never unknown; other values are unknown when absent. */
function applied(field: VisibilityField, test: ValueTest, negated: boolean): Test {
  const read = reader(field);
  if (field.type === "Text" || field.type === "KeywordList") {
    return (row) => membersOf(read(row)).some(test) !== negated;
  }
  return (row) => {
    const value = read(row) as Scalar | undefined;
    return value === undefined ? undefined : test(value) !== negated;
  };
}

function membersOf(value: AttributeValue | undefined): readonly Scalar[] {
  if (value === undefined) return [];
  return typeof value === "object" ? value : [value];
}

/** What a row has in the field. */
export function reader(field: VisibilityField): (row: VisibilityRow) => AttributeValue | undefined {
  if (field.kind === "system") return (row) => row[field.column];
  const { name, type } = field;
  return (row) => row.attributes.find((attribute) => attribute.name === name && attribute.type === type)?.value;
}

function isOneOf(values: readonly Scalar[]): ValueTest {
  if (values.every((value) => typeof value === "string")) {
    const texts: ReadonlySet<Scalar> = new Set(values);
    return (value) => texts.has(value);
  }
  const tests = values.map((value) => compares("=", value));
  return (value) => tests.some((test) => test(value));
}

function compares(op: Comparison, right: Scalar): ValueTest {
  return (left) => {
    const order = compareScalars(left, right);
    switch (op) {
      case "=":
        return order === 0;
      case "!=":
        return order !== 0;
      case "<":
        return order < 0;
      case "<=":
        return order <= 0;
      case ">":
        return order > 0;
      case ">=":
        return order >= 0;
    }
  };
}
