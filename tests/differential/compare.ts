/**
 * Runs the scenarios against a server and compares with the recordings.
 *
 *   node tests/differential/compare.ts --address HOST:PORT [--settings NAME] [--only TEXT] [--fast]
 *   node tests/differential/compare.ts --peer BINARY [--port 17300]     every group, each against a fresh temporal-peer
 */
import { parseArgs } from 'node:util';
import { differencesOf } from './difference.ts';
import type { Difference } from './difference.ts';
import { startPeer } from './peer.ts';
import { readRecording } from './recording.ts';
import { defaultConcurrency, runScenarios } from './runner.ts';
import type { Outcome } from './runner.ts';
import { scenarios } from './scenarios/index.ts';
import { settings } from './settings.ts';
import type { SettingsName } from './settings.ts';

const { values } = parseArgs({
  options: {
    address: { type: 'string' },
    peer: { type: 'string' },
    settings: { type: 'string', default: 'default' },
    only: { type: 'string' },
    fast: { type: 'boolean' },
    port: { type: 'string', default: '17300' },
    concurrency: { type: 'string', default: String(defaultConcurrency) },
    limit: { type: 'string', default: '12' },
  },
});

let equal = 0;
const different: string[] = [];

if (values.peer !== undefined) {
  for (const name of Object.keys(settings) as SettingsName[]) {
    if (!chosenOf(name).length) continue;
    await using peer = await startPeer({ binary: values.peer, port: Number(values.port), settings: name });
    await compareGroup(peer.address, name);
  }
} else if (values.address !== undefined) {
  await compareGroup(values.address, values.settings as SettingsName);
} else {
  console.error('compare: give --address HOST:PORT or --peer BINARY');
  process.exit(2);
}
console.log(`${equal} scenarios equal, ${different.length} different`);
for (const name of different.toSorted()) console.log(`  ${name}`);
process.exitCode = different.length === 0 ? 0 : 1;

function chosenOf(name: SettingsName): typeof scenarios {
  return scenarios.filter((scenario) => scenario.settings === name && !(values.fast && scenario.slow) && (values.only === undefined || scenario.name.includes(values.only)));
}

async function compareGroup(address: string, name: SettingsName): Promise<void> {
  await runScenarios({
    address,
    recordedFrom: address,
    scenarios: chosenOf(name),
    concurrency: Number(values.concurrency),
    onOutcome: report,
  });
}

function report(outcome: Outcome): void {
  const lines = problemsOf(outcome);
  if (lines.length === 0) {
    equal += 1;
    return;
  }
  different.push(outcome.scenario.name);
  console.log(`\n${outcome.scenario.name}`);
  for (const line of lines.slice(0, Number(values.limit))) console.log(`  ${line}`);
  if (lines.length > Number(values.limit)) console.log(`  … and ${lines.length - Number(values.limit)} more`);
}

function problemsOf(outcome: Outcome): string[] {
  if ('failure' in outcome) return [outcome.failure.message];
  const recorded = readRecording(outcome.scenario.name);
  if (recorded === undefined) return ['there is no recording of this scenario'];
  return differencesOf(recorded, outcome.recording).map(textOf);
}

function textOf(difference: Difference): string {
  return `${difference.where}\n      recorded ${shortText(difference.recorded)}\n      actual   ${shortText(difference.actual)}`;
}

function shortText(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 500 ? `${text.slice(0, 500)}…` : text;
}
