/**
 * Records scenarios from a real Temporal server.
 *
 *   node tests/differential/record.ts --peer BINARY | --peer-source FOLDER [--only TEXT] [--port 17300] [--missing]
 *
 * `--peer` is a built temporal-peer; `--peer-source` is the folder of its Go source, built into a temporary folder.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { startPeer } from "./peer.ts";
import { readRecording, writeRecording } from "./recording.ts";
import { defaultConcurrency, runScenarios } from "./runner.ts";
import { scenarios } from "./scenarios/index.ts";
import { settingsNames } from "./settings.ts";

const { values } = parseArgs({
  options: {
    peer: { type: "string" },
    "peer-source": { type: "string" },
    only: { type: "string" },
    missing: { type: "boolean" },
    port: { type: "string", default: "17300" },
    concurrency: { type: "string", default: String(defaultConcurrency) },
  },
});

const binary = values.peer ?? buildPeer(values["peer-source"]);
let failed = 0;
let recorded = 0;
for (const name of settingsNames) {
  const chosen = scenarios.filter((scenario) => scenario.settings === name && isWanted(scenario.name));
  if (chosen.length === 0) continue;
  await using peer = await startPeer({ binary, port: Number(values.port), settings: name });
  await runScenarios({
    address: peer.address,
    recordedFrom: `Temporal ${peer.version}`,
    scenarios: chosen,
    concurrency: Number(values.concurrency),
    onOutcome(outcome) {
      if ("failure" in outcome) {
        failed += 1;
        console.error(`failed: ${outcome.failure.message}`);
        return;
      }
      recorded += 1;
      writeRecording(outcome.recording);
    },
  });
}
console.log(`${recorded} scenarios recorded, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function isWanted(name: string): boolean {
  if (values.only !== undefined && !name.includes(values.only)) return false;
  return !values.missing || readRecording(name) === undefined;
}

function buildPeer(source: string | undefined): string {
  if (source === undefined) {
    console.error("record: give --peer BINARY (a built temporal-peer) or --peer-source FOLDER (its Go source)");
    process.exit(2);
  }
  const built = path.join(mkdtempSync(path.join(tmpdir(), "temporal-peer-")), "temporal-peer");
  console.log("building temporal-peer, about two minutes the first time");
  execFileSync("go", ["build", "-o", built, "."], { cwd: source, stdio: "inherit" });
  return built;
}
