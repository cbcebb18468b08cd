/** Runs scenarios against one server, some at a time, and hands each its record. */
import { Caller } from "./caller.ts";
import { Conversation } from "./conversation.ts";
import type { Recording } from "./recording.ts";
import type { Scenario } from "./scenario.ts";

export type Outcome = { scenario: Scenario; recording: Recording } | { scenario: Scenario; failure: Error };

export interface RunOptions {
  address: string;
  recordedFrom: string;
  scenarios: readonly Scenario[];
  concurrency: number;
  onOutcome(outcome: Outcome): void;
}

/** Scenarios wait most of the time, so that many at once cost little. */
export const defaultConcurrency = 12;

export async function runScenarios(options: RunOptions): Promise<void> {
  const caller = new Caller(options.address);
  const waiting = options.scenarios.toSorted((a, b) => Number(b.slow) - Number(a.slow));
  const runNext = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      options.onOutcome(await runScenario(next, caller, options.recordedFrom));
    }
  };
  try {
    await Promise.all(Array.from({ length: options.concurrency }, runNext));
  } finally {
    caller.close();
  }
}

export async function runScenario(scenario: Scenario, caller: Caller, recordedFrom: string): Promise<Outcome> {
  const conversation = new Conversation(caller);
  const header = { scenario: scenario.name, settings: scenario.settings, recordedFrom };
  try {
    await scenario.run(conversation);
    return { scenario, recording: conversation.record(header) };
  } catch (error) {
    const entries = conversation.record(header).entries.map((entry) => JSON.stringify(entry).slice(0, 600));
    const failure = new Error(
      `${scenario.name}: ${(error as Error).message}\n  last calls:\n  ${entries.slice(-3).join("\n  ")}`,
      { cause: error },
    );
    return { scenario, failure };
  }
}
