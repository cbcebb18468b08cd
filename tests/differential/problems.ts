/** What a run of a scenario shows, as lines for people: nothing when it is as recorded. */
import { differencesOf } from "./difference.ts";
import type { Difference } from "./difference.ts";
import { readRecording } from "./recording.ts";
import type { Outcome } from "./runner.ts";

export function problemsOf(outcome: Outcome): string[] {
  if ("failure" in outcome) return [outcome.failure.message];
  const recorded = readRecording(outcome.scenario.name);
  if (recorded === undefined) return ["there is no recording of this scenario"];
  return differencesOf(recorded, outcome.recording).map(textOf);
}

/** The same difference in many places as one line, the most frequent first: where to begin with a new server. */
export class ProblemSummary {
  readonly #counts = new Map<string, number>();

  add(outcome: Outcome): void {
    for (const line of summaryLinesOf(outcome)) this.#counts.set(line, (this.#counts.get(line) ?? 0) + 1);
  }

  lines(): string[] {
    const sorted = [...this.#counts].toSorted(([, a], [, b]) => b - a);
    return sorted.map(([line, count]) => `${String(count).padStart(5)} × ${line}`);
  }
}

function summaryLinesOf(outcome: Outcome): string[] {
  if ("failure" in outcome) return [outcome.failure.message.split("\n")[0]!.slice(0, 300)];
  const recorded = readRecording(outcome.scenario.name);
  if (recorded === undefined) return [];
  return differencesOf(recorded, outcome.recording).map(({ call, path, recorded: before, actual }) => {
    const place = `${call} ${path.replaceAll(/\.\d+(?=\.|$)/g, ".n")}`;
    return `${place}: recorded ${shortText(before).slice(0, 160)}, actual ${shortText(actual).slice(0, 160)}`;
  });
}

function textOf(difference: Difference): string {
  return `${difference.where}\n      recorded ${shortText(difference.recorded)}\n      actual   ${shortText(difference.actual)}`;
}

function shortText(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 500 ? `${text.slice(0, 500)}…` : text;
}
