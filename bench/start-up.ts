/**
 * From the start of the process to the first answered call, on a data folder that exists; medians of the runs, as they
 * are after the first start on a machine. `npm run bench -- start-up [--runs N]`; the compiled form is measured when it was built.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, rmSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { LoadClient } from "./harness/bench-worker.ts";
import { median, record, round } from "./harness/record.ts";
import { cpuMsOf, newFolder } from "./harness/server-process.ts";

const { values } = parseArgs({ options: { runs: { type: "string", default: "9" } } });
const home = path.join(import.meta.dirname, "..");
const FORMS = {
  "a checkout": { file: "server/main.ts", args: [], targetMs: 400 },
  "the compiled form": { file: "packages/perdure/dist/lib/program.js", args: ["dev"], targetMs: 200 },
};

interface Start {
  readonly wallMs: number;
  readonly cpuMs: number;
}

async function start(file: string, data: readonly string[]): Promise<Start> {
  const begun = performance.now();
  const child = spawn(process.execPath, [file, "--port", "0", ...data], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const port = Number(/:(\d+)/.exec(line.toString())?.[1]);
  const client = new LoadClient(port);
  await client.call("GetSystemInfo", new Uint8Array(0));
  const wallMs = performance.now() - begun;
  const cpuMs = cpuMsOf(child.pid as number);
  client.close();
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  await exit;
  return { wallMs, cpuMs };
}

const folder = newFolder();
for (const [name, { file, args, targetMs }] of Object.entries(FORMS)) {
  const program = path.join(home, file);
  if (!existsSync(program)) {
    console.log(`${file} is not there: npm run build makes it`);
    continue;
  }
  for (const [store, data] of [
    ["sqlite", [...args, "--data", folder]],
    ["memory", [...args, "--memory"]],
  ] as const) {
    await start(program, data);
    const starts: Start[] = [];
    for (let i = 0; i < Number(values.runs); i++) starts.push(await start(program, data));
    record("start-up", `start-up from ${name}, ${store}`, {
      [`ms to the first answer, median (target ${targetMs})`]: round(median(starts.map((one) => one.wallMs)), 0),
      "ms to the first answer, best": round(Math.min(...starts.map((one) => one.wallMs)), 0),
      "CPU until then, ms, median": round(median(starts.map((one) => one.cpuMs)), 0),
    });
  }
}
rmSync(folder, { recursive: true, force: true });
