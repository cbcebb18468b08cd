/** `npm run build`: compiles the package `perdure` into `packages/perdure/dist/`. */
import { cpSync, globSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { buildSandboxLibrary, SANDBOX_LIBRARY_FILE } from "../../sdk/worker/sandbox/index.ts";
import { bundle } from "./bundle.ts";
import { writeDeclarations } from "./declarations.ts";
import { entriesOf, publishedManifest } from "./manifest.ts";
import type { Manifest } from "./manifest.ts";

const checkout = resolve(import.meta.dirname, "../..");
const home = join(checkout, "packages/perdure");
const dist = join(home, "dist");

/** What runs in a thread has the port of whoever started it; other files are only about threads. */
const THREADS = globSync("{sdk,server}/**/*-thread.ts", { cwd: checkout }).filter((file) =>
  readFileSync(join(checkout, file), "utf8").includes("parentPort"),
);
const WORKFLOW_MODULES = [
  "sdk/opentelemetry/inside/trace-workflow.ts",
  "sdk/testing/inside/assert-to-failure.ts",
  "sdk/testing/inside/mocked-workflows.ts",
];
const MIGRATIONS = ["server/store/sqlite/migrations", "server/store/postgres/migrations"];
const SANDBOX_LIBRARY = `sdk/worker/sandbox/realm/${SANDBOX_LIBRARY_FILE}`;

function write(file: string, text: string): void {
  mkdirSync(dirname(join(dist, file)), { recursive: true });
  writeFileSync(join(dist, file), text);
}

rmSync(dist, { recursive: true, force: true });
const manifest = JSON.parse(readFileSync(join(home, "package.json"), "utf8")) as Manifest;
writeDeclarations({ checkout, folder: join(dist, "types") });
const entries = entriesOf(manifest).map((name) => `packages/perdure/${name}.ts`);
await bundle({ checkout, folder: join(dist, "lib"), entries, threads: THREADS, workflowModules: WORKFLOW_MODULES });
for (const folder of MIGRATIONS) {
  for (const name of readdirSync(join(checkout, folder))) {
    if (name.endsWith(".sql")) write(`lib/${folder}/${name}`, readFileSync(join(checkout, folder, name), "utf8"));
  }
}
write(`lib/${SANDBOX_LIBRARY}`, buildSandboxLibrary());
write("package.json", `${JSON.stringify(publishedManifest(manifest), null, 2)}\n`);
cpSync(join(checkout, "LICENSE"), join(dist, "LICENSE"));
cpSync(join(home, "README.md"), join(dist, "README.md"));
