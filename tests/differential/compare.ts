/**
 * Runs the scenarios against a server and tells how its answers differ from the recordings.
 *
 *   node tests/differential/compare.ts                      our server, in this process, a fresh one per settings group
 *   node tests/differential/compare.ts --peer BINARY        a temporal-peer, a fresh one per settings group
 *   node tests/differential/compare.ts --address HOST:PORT  a running server with the settings of --settings and namespace other
 *
 * With --only TEXT those whose name contains it, with --fast without the slow ones; --limit differences of each are told,
 * or with --summary each kind of difference once, the most frequent first.
 */
import { parseArgs } from "node:util";
import { startPeer } from "./peer.ts";
import { problemsOf, ProblemSummary } from "./problems.ts";
import { defaultConcurrency, runScenarios } from "./runner.ts";
import type { Outcome } from "./runner.ts";
import type { Scenario } from "./scenario.ts";
import { scenarios } from "./scenarios/index.ts";
import { otherNamespace, settings, settingsNames } from "./settings.ts";
import type { SettingsName } from "./settings.ts";

const { values } = parseArgs({
  options: {
    address: { type: "string" },
    peer: { type: "string" },
    settings: { type: "string", default: "default" },
    only: { type: "string" },
    fast: { type: "boolean" },
    summary: { type: "boolean" },
    port: { type: "string", default: "17300" },
    concurrency: { type: "string", default: String(defaultConcurrency) },
    limit: { type: "string", default: "12" },
  },
});

const summary = new ProblemSummary();
let equal = 0;
const different: string[] = [];

for (const name of values.address === undefined ? settingsNames : [values.settings as SettingsName]) {
  const chosen = chosenOf(name);
  if (chosen.length === 0) continue;
  if (values.address !== undefined) {
    await compareGroup(values.address, chosen);
  } else if (values.peer !== undefined) {
    await using peer = await startPeer({ binary: values.peer, port: Number(values.port), settings: name });
    await compareGroup(peer.address, chosen);
  } else {
    // Loaded here only, so that the recorded server can be checked while ours does not even load.
    const { startServer } = await import("../../server/index.ts");
    await using server = await startServer({
      data: { kind: "memory" },
      port: 0,
      dynamicConfig: { values: settings[name].dynamicConfig },
      namespaces: ["default", otherNamespace],
    });
    await compareGroup(`127.0.0.1:${server.port}`, chosen);
  }
}
if (values.summary) for (const line of summary.lines().slice(0, 200)) console.log(line);
console.log(`${equal} scenarios equal, ${different.length} different`);
for (const name of different.toSorted()) console.log(`  ${name}`);
process.exitCode = different.length === 0 ? 0 : 1;

function chosenOf(name: SettingsName): Scenario[] {
  return scenarios.filter((scenario) => {
    if (scenario.settings !== name || (values.fast && scenario.slow)) return false;
    return values.only === undefined || scenario.name.includes(values.only);
  });
}

async function compareGroup(address: string, chosen: readonly Scenario[]): Promise<void> {
  const concurrency = Number(values.concurrency);
  await runScenarios({ address, recordedFrom: address, scenarios: chosen, concurrency, onOutcome: report });
}

function report(outcome: Outcome): void {
  const lines = problemsOf(outcome);
  if (lines.length === 0) {
    equal += 1;
    return;
  }
  different.push(outcome.scenario.name);
  summary.add(outcome);
  if (values.summary) return;
  console.log(`\n${outcome.scenario.name}`);
  const limit = Number(values.limit);
  for (const line of lines.slice(0, limit)) console.log(`  ${line}`);
  if (lines.length > limit) console.log(`  … and ${lines.length - limit} more`);
}
