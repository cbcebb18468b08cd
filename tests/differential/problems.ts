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

function textOf(difference: Difference): string {
  return `${difference.where}\n      recorded ${shortText(difference.recorded)}\n      actual   ${shortText(difference.actual)}`;
}

function shortText(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 500 ? `${text.slice(0, 500)}…` : text;
}
