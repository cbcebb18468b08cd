import { spawnSync } from "node:child_process";
import type { Finding } from "../finding.ts";
import type { Tree } from "../tree.ts";

const GENERATOR = "tools/generate/main.ts";

/** Generated files are committed; the generator says whether they are what it would write today. */
export function generatedFiles(tree: Tree): Finding[] {
  if (!tree.files.has(GENERATOR)) return [];
  const run = spawnSync(process.execPath, [GENERATOR, "--check"], { cwd: tree.root, encoding: "utf8" });
  if (run.status === 0) return [];
  const said = `${run.stdout}${run.stderr}`.trim().split("\n").slice(-3).join(" ");
  return [{ file: GENERATOR, message: `--check failed: ${said}` }];
}
