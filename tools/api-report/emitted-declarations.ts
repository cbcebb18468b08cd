/** The package's declarations, as the compiler writes them. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface EmittedDeclarations extends Disposable {
  readonly folder: string;
}

/** Generated code brings its declarations along: the compiler reads them and does not write them. */
const GENERATED = ["api/gen"];

/** Writes them into a folder that is gone after its use. Errors of types are for others to tell. */
export function emitDeclarations(checkout: string): EmittedDeclarations {
  const folder = mkdtempSync(join(tmpdir(), "perdure-declarations-"));
  const compiler = join(checkout, "node_modules/typescript/bin/tsc");
  spawnSync(process.execPath, [compiler, "-p", join(checkout, "tools/build/tsconfig.json"), "--outDir", folder]);
  for (const generated of GENERATED) copyDeclarations(join(checkout, generated), join(folder, generated));
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

function copyDeclarations(from: string, to: string): void {
  for (const name of readdirSync(from, { encoding: "utf8" }).filter((each) => each.endsWith(".d.ts"))) {
    mkdirSync(dirname(join(to, name)), { recursive: true });
    cpSync(join(from, name), join(to, name));
  }
}
