/** `npm run build`: compiles the package `perdure` into `packages/perdure/dist/`. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { bundlePrograms } from "./bundle.ts";
import { publishedManifest } from "./manifest.ts";
import type { Manifest } from "./manifest.ts";

const checkout = resolve(import.meta.dirname, "../..");
const home = join(checkout, "packages/perdure");
const dist = join(home, "dist");

/** What the compiler leaves out and the program needs at run time: migrations, generated JavaScript and its types. */
const ASSET = /\.(sql|json|js|bin)$|\/gen\/.*\.d\.ts$/;

function compile(): void {
  const compiler = join(checkout, "node_modules/typescript/bin/tsc");
  const done = spawnSync(process.execPath, [compiler, "-p", join(import.meta.dirname, "tsconfig.json")], {
    stdio: "inherit",
  });
  if (done.status !== 0) throw new Error("the compiler found errors");
}

function copyAssets(folder: string): void {
  for (const entry of readdirSync(join(checkout, folder), { recursive: true, withFileTypes: true })) {
    const from = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !ASSET.test(from)) continue;
    const to = join(dist, relative(checkout, from));
    mkdirSync(dirname(to), { recursive: true });
    if (from.endsWith(".js")) writeFileSync(to, withCompiledImports(readFileSync(from, "utf8")));
    else cpSync(from, to);
  }
}

/** Generated JavaScript imports its TypeScript neighbours by their own names, as the compiler's input does. */
function withCompiledImports(text: string): string {
  return text.replace(/(\bfrom\s*["']\.[^"']*)\.ts(["'])/g, "$1.js$2");
}

rmSync(dist, { recursive: true, force: true });
compile();
for (const folder of ["base", "rpc", "api", "server"]) copyAssets(folder);
await bundlePrograms(dist);
const manifest = JSON.parse(readFileSync(join(home, "package.json"), "utf8")) as Manifest;
writeFileSync(join(dist, "package.json"), `${JSON.stringify(publishedManifest(manifest), null, 2)}\n`);
cpSync(join(checkout, "LICENSE"), join(dist, "LICENSE"));
cpSync(join(home, "README.md"), join(dist, "README.md"));
