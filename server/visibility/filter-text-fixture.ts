import type { Scalar, VisibilityField, VisibilityFilter } from "../store/visibility.ts";

/** A filter as a line, for tests to compare. */
export function printFilter(filter: VisibilityFilter): string {
  switch (filter.kind) {
    case "and":
    case "or":
      return `(${filter.filters.map(printFilter).join(` ${filter.kind.toUpperCase()} `)})`;
    case "not":
      return `not ${printFilter(filter.filter)}`;
    case "compare":
      return `${name(filter.field)} ${filter.op} ${value(filter.value)}`;
    case "in":
      return `${name(filter.field)}${not(filter)} in [${filter.values.map(value).join(", ")}]`;
    case "between":
      return `${name(filter.field)}${not(filter)} between ${value(filter.low)} and ${value(filter.high)}`;
    case "startsWith":
      return `${name(filter.field)}${not(filter)} starts with ${value(filter.prefix)}`;
    case "isNull":
      return `${name(filter.field)} is${not(filter)} null`;
  }
}

function name(field: VisibilityField): string {
  return field.kind === "system" ? field.column : field.name;
}

function not(filter: { readonly negated: boolean }): string {
  return filter.negated ? " not" : "";
}

function value(scalar: Scalar): string {
  return typeof scalar === "bigint" ? `${scalar}n` : JSON.stringify(scalar);
}
