/**
 * What importing an entry of the compiled package costs a program, beside an empty one. `npm run build` first, then
 * `npm run bench -- import-time [--runs N]`.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { median, record, round } from "./harness/record.ts";

const { values } = parseArgs({ options: { runs: { type: "string", default: "9" } } });
const lib = path.join(import.meta.dirname, "../packages/perdure/dist/lib");

/** The goal in milliseconds, where there is one. */
const ENTRIES = {
  index: 120,
  client: 60,
  common: undefined,
  workflow: undefined,
  activity: undefined,
  worker: undefined,
  testing: undefined,
  server: undefined,
} as const;

interface Import {
  readonly wallMs: number;
  readonly cpuMs: number;
}

function importOf(entry: string): Import {
  const file = JSON.stringify(path.join(lib, `${entry}.js`));
  const program = `
    const cpu = process.cpuUsage(), begun = performance.now();
    await import(${file});
    const wallMs = performance.now() - begun, { user, system } = process.cpuUsage(cpu);
    console.log(JSON.stringify({ wallMs, cpuMs: (user + system) / 1000 }));`;
  return JSON.parse(execFileSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" }));
}

if (!existsSync(lib)) throw new Error(`${lib} is not there: npm run build makes it`);
for (const [entry, targetMs] of Object.entries(ENTRIES)) {
  importOf(entry);
  const imports = Array.from({ length: Number(values.runs) }, () => importOf(entry));
  const target = targetMs === undefined ? "" : ` (target ${targetMs})`;
  record("import-time", entry === "index" ? "import perdure" : `import perdure/${entry}`, {
    [`ms, median${target}`]: round(median(imports.map(({ wallMs }) => wallMs)), 0),
    "ms, best": round(Math.min(...imports.map(({ wallMs }) => wallMs)), 0),
    "CPU, ms, median": round(median(imports.map(({ cpuMs }) => cpuMs)), 0),
  });
}
