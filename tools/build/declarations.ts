/** The declarations: a tree like the checkout's, of which the entries' are reached through the manifest. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Folders in which there is generated JavaScript, whose types the compiler reads and does not write. */
const GENERATED_IN = ["api", "server"];

export function writeDeclarations({ checkout, folder }: { checkout: string; folder: string }): void {
  const compiler = join(checkout, "node_modules/typescript/bin/tsc");
  const done = spawnSync(
    process.execPath,
    [compiler, "-p", join(import.meta.dirname, "tsconfig.json"), "--outDir", folder],
    {
      stdio: "inherit",
    },
  );
  if (done.status !== 0) throw new Error("the compiler found errors");
  for (const file of GENERATED_IN.flatMap((product) => generatedTypes(checkout, product))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(checkout, file), join(folder, file));
  }
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith(".d.ts")) continue;
    const file = join(entry.parentPath, entry.name);
    writeFileSync(file, withCompiledImports(readFileSync(file, "utf8")));
  }
}

function generatedTypes(checkout: string, product: string): string[] {
  return readdirSync(join(checkout, product), { recursive: true, encoding: "utf8" })
    .filter((file) => /(?:^|\/)gen\/[^/]+\.d\.ts$/.test(file))
    .map((file) => join(product, file));
}

/** Imports name the sources' files; in the published form they name the compiled ones. */
function withCompiledImports(text: string): string {
  return text.replace(/((?:\bfrom|\bimport\(|\bimport)\s*["']\.{1,2}\/[^"']*)\.ts(["'])/g, "$1.js$2");
}
