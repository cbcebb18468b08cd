/** All examples in one run of the compiler. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { moduleOf, worldNames } from "./examples.ts";
import type { Example } from "./examples.ts";
import type { NamesByEntry } from "./report.ts";

const WORLD = "examples-world.ts";
/** In the checkout, so that the package and what it may be used with are found. */
const FOLDER = ".cache/examples";

/** What the compiler says about them, with the place of each; empty when all are right. */
export function compileExamples(checkout: string, examples: readonly Example[], names: NamesByEntry): string[] {
  const folder = join(checkout, FOLDER);
  const worldFile = join(import.meta.dirname, WORLD);
  const world = worldNames(readFileSync(worldFile, "utf8"));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(worldFile, join(folder, WORLD));
  const modules = new Map(examples.map((example) => [join(folder, example.module), example]));
  for (const [path, example] of modules) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, moduleOf(example, names, world));
    for (const [, name] of example.code.matchAll(/from "\.\/([\w-]+\.ts)"/g)) {
      const other = join(dirname(path), name as string);
      // A file of the reader's that the page does not show.
      if (!modules.has(other)) writeFileSync(other, `export * from "../${WORLD}";\n`);
    }
  }
  const options = {
    extends: "../../tsconfig.json",
    compilerOptions: { verbatimModuleSyntax: false },
    include: ["./**/*.ts"],
    exclude: [],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(options));
  const compiler = join(checkout, "node_modules/typescript/bin/tsc");
  const { stdout } = spawnSync(process.execPath, [compiler, "-p", folder, "--pretty", "false"], {
    encoding: "utf8",
    cwd: folder,
  });
  return stdout.split("\n").flatMap((line) => {
    const found = /^(?<file>[^(]+)\((?<line>\d+),\d+\): (?<text>.*)/.exec(line)?.groups;
    const example = found === undefined ? undefined : modules.get(join(folder, found["file"] as string));
    // The module's first line is the imports that were added.
    return example === undefined ? [] : [`${example.place} (line ${Number(found?.["line"]) - 1}): ${found?.["text"]}`];
  });
}
