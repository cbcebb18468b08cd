/** `node simulation/planted/main.ts [--seeds N] [--only TEXT]`: plants each fault in a copy of the tree and looks for it. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { PLANTED_FAULTS } from "./faults.ts";
import type { PlantedFault } from "./faults.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const COPIED = ["package.json", "api", "base", "rpc", "server", "simulation", "tools"];
/** A planted fault may keep the world from coming to rest; that is found, too. */
const SEARCH_MS_MAX = 300_000;

const { values } = parseArgs({
  options: { seeds: { type: "string", default: "20" }, only: { type: "string", default: "" } },
});

function copyTree(): string {
  const folder = mkdtempSync(join(tmpdir(), "planted-"));
  for (const name of COPIED) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  // The second has the socket of PostgreSQL for tests.
  for (const name of ["node_modules", ".cache"]) symlinkSync(join(ROOT, name), join(folder, name));
  return folder;
}

/** Without a fault nothing may be found: a tree that is broken by itself would give every fault away. */
function assertSound(folder: string): void {
  const args = ["simulation/main.ts", "--seed", "1"];
  const run = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8", timeout: SEARCH_MS_MAX });
  if (run.status !== 0) throw new Error(`seed 1 fails without any fault: ${run.stdout.slice(0, 500)}${run.stderr}`);
}

/** What gave the fault away; undefined when nothing did. */
function search(folder: string, { file, search: from, replace, isBesideMemory }: PlantedFault): string | undefined {
  const path = join(folder, file);
  const sound = readFileSync(path, "utf8");
  if (!sound.includes(from)) throw new Error(`${file} does not have ${JSON.stringify(from)} any more: mend the list`);
  writeFileSync(
    path,
    sound.replace(from, () => replace),
  );
  try {
    const args = ["simulation/main.ts", "--seed", "1", "--count", values.seeds, "--until-failure"];
    if (isBesideMemory === true) args.push("--stores", "memory,sqlite,postgres", "--operations", "120");
    const run = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8", timeout: SEARCH_MS_MAX });
    if (run.status === 0) return undefined;
    // A slow machine finds nothing, a seed that never ends does.
    if (run.status === null) return run.stdout.includes("clean") ? undefined : "the first seed never ended";
    if (run.stderr.includes("SyntaxError"))
      throw new Error(`${file} cannot be read with the fault in it: mend the list`);
    const found = run.stdout.split("\n").filter((line) => line.startsWith("seed ") || line.startsWith("  "));
    const how = found.slice(found.findIndex((line) => line.endsWith("violations")));
    return how.length > 0 ? how.slice(0, 2).join(": ").replace(/\s+/g, " ") : `it died: ${run.stderr.slice(0, 200)}`;
  } finally {
    writeFileSync(path, sound);
  }
}

const folder = copyTree();
let missed = 0;
try {
  assertSound(folder);
  for (const fault of PLANTED_FAULTS) {
    if (!fault.name.includes(values.only)) continue;
    const found = search(folder, fault);
    if (found === undefined) missed++;
    console.log(
      `${found === undefined ? "MISSED" : "found "}  ${fault.name}${found === undefined ? "" : `\n        ${found.slice(0, 200)}`}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.log(missed === 0 ? "every planted fault was found" : `${missed} planted faults were not found`);
process.exit(missed === 0 ? 0 : 1);
