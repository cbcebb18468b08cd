/**
 * A store of many closed runs beside one of hardly any: start-up, and what a workflow costs. The closed runs are copies of
 * one that the server started and terminated, with its history. `npm run bench -- closed-runs [--runs 1000000] [--pairs 9]
 * [--count 500] [--folder FOLDER]`; a folder that is named stays, and is not filled again.
 */
import { existsSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { TerminateWorkflowExecutionRequest } from "../api/gen/messages.js";
import { LoadClient } from "./harness/bench-worker.ts";
import { fillWithClosedRuns } from "./harness/closed-runs.ts";
import { interleaved, OneActivityLoad } from "./harness/one-activity-load.ts";
import { median, record, round } from "./harness/record.ts";
import { NAMESPACE, startRequest } from "./harness/requests.ts";
import { newFolder, startServerProcess } from "./harness/server-process.ts";
import { startProgram } from "./harness/start-program.ts";
import type { Start } from "./harness/start-program.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "1000000" },
    pairs: { type: "string", default: "9" },
    count: { type: "string", default: "500" },
    folder: { type: "string" },
  },
});
const [runs, pairs, count] = [Number(values.runs), Number(values.pairs), Number(values.count)];
const PROGRAM = path.join(import.meta.dirname, "../server/main.ts");
const IN_FLIGHT = 200;
const CLOSED = { workflowId: "closed", runId: "" };
/** Retention is a day. */
const CLOSED_WITHIN_MS = 12 * 3_600_000;

const [few, many] = [newFolder(), values.folder ?? newFolder()];
await runOne(few);
const isFilled = existsSync(path.join(many, "perdure.db"));
if (!isFilled) await runOne(many);
const bytesBefore = bytesIn(many);
if (!isFilled) await fill(many);

const starts: (readonly [Start, Start])[] = [];
for (const folder of [few, many]) await startProgram(PROGRAM, ["--data", folder]);
for (let pair = 0; pair < pairs; pair++) {
  const one = await startProgram(PROGRAM, ["--data", few]);
  starts.push([one, await startProgram(PROGRAM, ["--data", many])]);
}
record("closed-runs", `start-up with ${runs} closed runs`, {
  "ms to the first answer, median (target 500)": round(median(starts.map(([, { wallMs }]) => wallMs)), 0),
  "ms to the first answer, best": round(Math.min(...starts.map(([, { wallMs }]) => wallMs)), 0),
  "CPU until then, ms, median": round(median(starts.map(([, { cpuMs }]) => cpuMs)), 0),
  "of a store of hardly any, ms, median": round(median(starts.map(([{ wallMs }]) => wallMs)), 0),
  "its CPU, ms, median": round(median(starts.map(([{ cpuMs }]) => cpuMs)), 0),
});

const done = await throughput();
const ratios = done.map(([empty, full]) => full / empty).sort((a, b) => a - b);
record("closed-runs", `one-activity workflow with ${runs} closed runs`, {
  "CPU by that of a store of hardly any, median (target 1.1)": round(median(ratios)),
  "of the pairs, sorted": ratios.map((ratio) => ratio.toFixed(2)).join(" "),
  "server CPU, ms each": round(median(done.map(([, full]) => full))),
  "of a store of hardly any, ms each": round(median(done.map(([empty]) => empty))),
});
for (const folder of values.folder === undefined ? [few, many] : [few]) rmSync(folder, { recursive: true });

async function throughput(): Promise<(readonly [number, number])[]> {
  await using empty = await startServerProcess({ store: "thread", folder: few });
  await using full = await startServerProcess({ store: "thread", folder: many });
  const loads = [new OneActivityLoad(empty), new OneActivityLoad(full)] as const;
  for (const load of loads) await load.run({ count: 2_000, inFlight: IN_FLIGHT });
  const figures = await interleaved(loads, { pairs, count, inFlight: IN_FLIGHT });
  for (const load of loads) load.stop();
  return figures;
}

async function runOne(folder: string): Promise<void> {
  await using server = await startServerProcess({ store: "thread", folder });
  const client = new LoadClient(server.port);
  await client.call("StartWorkflowExecution", startRequest(CLOSED.workflowId, "nobody"));
  const request = { namespace: NAMESPACE, workflowExecution: CLOSED, reason: "bench" };
  await client.call("TerminateWorkflowExecution", TerminateWorkflowExecutionRequest.encode(request));
  client.close();
}

async function fill(folder: string): Promise<void> {
  const nowMs = Date.now();
  const before = process.cpuUsage();
  const onProgress = (filled: number): void => {
    if (filled % 250_000 === 0) console.log(`${filled} runs`);
  };
  await fillWithClosedRuns({ folder, runs, nowMs, sinceMs: nowMs - CLOSED_WITHIN_MS, onProgress });
  const { user, system } = process.cpuUsage(before);
  record("closed-runs", `loading ${runs} closed runs`, {
    "on disk, KiB each (target 2)": round((bytesIn(folder) - bytesBefore) / runs / 1024, 2),
    "CPU, ms each": round((user + system) / 1000 / runs, 4),
  });
}

function bytesIn(folder: string): number {
  return statSync(path.join(folder, "perdure.db")).size;
}
