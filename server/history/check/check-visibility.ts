/** What List shows of a run against what its state says. */
import type { Attribute, VisibilityRow } from "../../store/visibility.ts";
import type { Report } from "./check-history.ts";

type Column = Exclude<keyof VisibilityRow, "attributes">;

/** `expected` is the row as the state makes it now. */
export function checkVisibility(shown: VisibilityRow, expected: VisibilityRow, report: Report): void {
  for (const column of Object.keys(expected) as (keyof VisibilityRow)[]) {
    if (column === "attributes") continue;
    // A closed run whose messages are acknowledged has transitions that its row is not written for.
    if (column === "stateTransitionCount" && (shown[column] ?? 0) <= (expected[column] ?? 0)) continue;
    if (!isSame(shown[column], expected[column]))
      report(
        "visibility",
        `List shows ${name(column)} ${show(shown[column])}, its state says ${show(expected[column])}`,
      );
  }
  checkAttributes(shown.attributes, expected.attributes, report);
}

/** Types may have been given another name or none since the row was written: only what has one now and then is compared. */
function checkAttributes(shown: readonly Attribute[], expected: readonly Attribute[], report: Report): void {
  const index = new Map(shown.map((attribute) => [attribute.name, attribute]));
  for (const attribute of expected) {
    const indexed = index.get(attribute.name);
    if (indexed === undefined) report("visibility", `its search attribute ${attribute.name} is not found by queries`);
    else if (indexed.type === attribute.type && canonical(indexed) !== canonical(attribute))
      report("visibility", `queries find its search attribute ${attribute.name} under a value that it does not have`);
  }
}

function canonical({ value }: Attribute): string {
  return Array.isArray(value) ? JSON.stringify([...new Set(value as string[])].sort()) : String(value);
}

function isSame(a: VisibilityRow[Column], b: VisibilityRow[Column]): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0;
  return a === b;
}

function name(column: string): string {
  return column.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function show(value: VisibilityRow[Column]): string {
  if (value === undefined) return "none";
  return value instanceof Uint8Array ? `${value.length} bytes` : JSON.stringify(value);
}
