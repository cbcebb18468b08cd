/**
 * From the start of the process to the first answered call, on a data folder that exists; medians of the runs, as they
 * are after the first start on a machine. `npm run bench -- start-up [--runs N]`; the compiled form is measured when it was built.
 */
import { existsSync, rmSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { median, record, round } from "./harness/record.ts";
import { newFolder } from "./harness/server-process.ts";
import { startProgram } from "./harness/start-program.ts";
import type { Start } from "./harness/start-program.ts";

const { values } = parseArgs({ options: { runs: { type: "string", default: "9" } } });
const home = path.join(import.meta.dirname, "..");
const FORMS = {
  "a checkout": { file: "server/main.ts", args: [], targetMs: 400 },
  "the compiled form": { file: "packages/perdure/dist/lib/program.js", args: ["dev"], targetMs: 200 },
};

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
    await startProgram(program, data);
    const starts: Start[] = [];
    for (let i = 0; i < Number(values.runs); i++) starts.push(await startProgram(program, data));
    record("start-up", `start-up from ${name}, ${store}`, {
      [`ms to the first answer, median (target ${targetMs})`]: round(median(starts.map((one) => one.wallMs)), 0),
      "ms to the first answer, best": round(Math.min(...starts.map((one) => one.wallMs)), 0),
      "CPU until then, ms, median": round(median(starts.map((one) => one.cpuMs)), 0),
    });
  }
}
rmSync(folder, { recursive: true, force: true });
