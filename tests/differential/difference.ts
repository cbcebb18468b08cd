/**
 * Field by field comparison of two records of one scenario.
 *
 * Symbolic names (`run-2`) of the two records are matched one to one as they are met, instead of by number: a field that
 * is missing on one side is one difference, not a cascade of renumbered ids.
 */
import { isPermitted } from "./permitted.ts";
import type { RecordedEntry, Recording } from "./recording.ts";

export interface Difference {
  call: string;
  /** `#4 SignalWorkflowExecution reply.link.workflowEvent`. */
  where: string;
  path: string;
  recorded: unknown;
  actual: unknown;
}

export function differencesOf(recorded: Recording, actual: Recording): Difference[] {
  const names = new NameMatching();
  const found: Difference[] = [];
  const count = Math.max(recorded.entries.length, actual.entries.length);
  for (let index = 0; index < count; index++) {
    const before = recorded.entries[index];
    const after = actual.entries[index];
    const call = before?.call ?? after?.call ?? "";
    const report = (path: string, a: unknown, b: unknown): void => {
      const difference = { call, where: `#${index + 1} ${call} ${path}`, path, recorded: a, actual: b };
      if (!isPermitted(difference)) found.push(difference);
    };
    if (before === undefined || after === undefined || before.call !== after.call) {
      report("call", before?.call, after?.call);
      return found;
    }
    compareEntry({ before, after, names, report });
  }
  return found;
}

type Report = (path: string, recorded: unknown, actual: unknown) => void;

function compareEntry(options: {
  before: RecordedEntry;
  after: RecordedEntry;
  names: NameMatching;
  report: Report;
}): void {
  const { before, after, names, report } = options;
  for (const part of ["request", "reply", "error", "unanswered"] as const) {
    compareValues({ path: part, before: before[part], after: after[part], names, report });
  }
  if (Math.abs((before.seconds ?? 0) - (after.seconds ?? 0)) > 1) report("seconds", before.seconds, after.seconds);
}

function compareValues(options: {
  path: string;
  before: unknown;
  after: unknown;
  names: NameMatching;
  report: Report;
}): void {
  const { path, before, after, names, report } = options;
  if (typeof before === "string" && typeof after === "string") {
    if (!names.sameText(before, after)) report(path, before, after);
    return;
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const count = Math.max(before.length, after.length);
    for (let index = 0; index < count; index++) {
      compareValues({ path: `${path}.${index}`, before: before[index], after: after[index], names, report });
    }
    return;
  }
  if (isRecord(before) && isRecord(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      compareValues({ path: `${path}.${key}`, before: before[key], after: after[key], names, report });
    }
    return;
  }
  if (before !== after) report(path, before, after);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a token holds, and whether it is the same as before, is a server's affair; that there is one, is not. */
const opaqueToken = /\b(page|token)-\d+\b/g;
const symbolicName = /\b(?:run|request|namespace|uuid)-\d+\b/g;

class NameMatching {
  readonly #toActual = new Map<string, string>();
  readonly #toRecorded = new Map<string, string>();

  sameText(recordedText: string, actualText: string): boolean {
    const recorded = recordedText.replaceAll(opaqueToken, "$1");
    const actual = actualText.replaceAll(opaqueToken, "$1");
    if (sameExpiration(recorded, actual)) return true;
    const before = recorded.match(symbolicName) ?? [];
    const after = actual.match(symbolicName) ?? [];
    if (before.length !== after.length || recorded.replaceAll(symbolicName, "") !== actual.replaceAll(symbolicName, ""))
      return false;
    return before.every((name, index) => this.#same(name, after[index]!));
  }

  #same(recorded: string, actual: string): boolean {
    const known = this.#toActual.get(recorded) ?? actual;
    const knownBack = this.#toRecorded.get(actual) ?? recorded;
    this.#toActual.set(recorded, known);
    this.#toRecorded.set(actual, knownBack);
    return known === actual && knownBack === recorded;
  }
}

/** `start + 30s`, rounded: a second more or less is the same. */
function sameExpiration(recorded: string, actual: string): boolean {
  const [before, after] = [recorded, actual].map((text) => Number(/^start \+ (\d+)s$/.exec(text)?.[1] ?? Number.NaN));
  return Math.abs(before! - after!) <= 1;
}
