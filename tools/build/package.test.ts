/** The published form, as its users have it. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freshDatabase } from "../../server/store/postgres/database.fixture.ts";
import { installPackage } from "./installed-package-fixture.ts";
import type { InstalledPackage } from "./installed-package-fixture.ts";
import { entriesOf, publishedManifest } from "./manifest.ts";
import type { Manifest } from "./manifest.ts";

const exec = promisify(execFile);
const checkout = resolve(import.meta.dirname, "../..");
const INSTALLED_BYTES_MAX = 15e6;

let installed: InstalledPackage;
beforeAll(async () => {
  installed = await installPackage();
}, 180_000);
afterAll(() => installed?.[Symbol.dispose]());

function manifestIn(folder: string): Record<string, Record<string, string> | undefined> {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as ReturnType<typeof manifestIn>;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function entries(): string[] {
  return Object.keys(manifestIn(installed.home)["exports"] ?? {}).filter((name) => !name.endsWith(".json"));
}

test("with all its dependencies it is small, and there is nothing to compile or to run at the install", () => {
  const files = filesBelow(join(installed.folder, "node_modules"));
  expect(files.reduce((sum, file) => sum + statSync(file).size, 0)).toBeLessThan(INSTALLED_BYTES_MAX);
  expect(files.filter((file) => file.endsWith(".node"))).toEqual([]);
  const scripts = files
    .filter((file) => file.endsWith("/package.json"))
    .flatMap((file) => Object.keys((JSON.parse(readFileSync(file, "utf8")) as Manifest)["scripts"] ?? {}));
  expect(scripts.filter((name) => /^(pre|post)?install$/.test(name))).toEqual([]);
});

test("it holds compiled files and declarations, and imports nothing of @temporalio", () => {
  const files = filesBelow(installed.home);
  expect(files.filter((file) => /(?<!\.d)\.ts$/.test(file))).toEqual([]);
  const imports = files
    .filter((file) => /\.(js|d\.ts)$/.test(file))
    .filter((file) => /(?:from|import\(|import)\s*["']@temporalio/.test(readFileSync(file, "utf8")));
  expect(imports).toEqual([]);
  expect(manifestIn(installed.home)["dependencies"]).toEqual({ sucrase: expect.any(String), yaml: expect.any(String) });
  expect(manifestIn(installed.home)["engines"]).toEqual({ node: ">=22.18" });
});

/** `perdure/opentelemetry` is for those who have OpenTelemetry's API. */
function installPeers(): void {
  const folder = join(installed.folder, "node_modules/@opentelemetry");
  if (existsSync(folder)) return;
  mkdirSync(folder);
  symlinkSync(join(checkout, "node_modules/@opentelemetry/api"), join(folder, "api"));
}

test("every export can be imported, and what two of them export is one thing", async () => {
  installPeers();
  expect(entries()).toEqual(Object.keys(manifestIn(join(checkout, "packages/perdure"))["exports"] ?? {}).slice(0, -1));
  const program = `
    const names = new Map();
    for (const entry of ${JSON.stringify(entries())}) {
      const module = await import("perdure" + entry.slice(1));
      if (Object.keys(module).length === 0) console.log(entry, "is empty");
      for (const [name, value] of Object.entries(module)) {
        // Classes: instanceof must hold for both. There are functions whose meaning depends on where they are called.
        if (/^[A-Z]/.test(name) && names.has(name) && names.get(name) !== value) console.log(entry, "has another", name);
        names.set(name, value);
      }
    }
    console.log(names.has("proxyActivities"), names.has("Worker"), names.has("Client"));`;
  expect(await installed.run("exports.js", program)).toEqual({ stdout: "true true true\n", stderr: "" });
});

test("its declarations stand without those of others", async () => {
  installPeers();
  const names = entries().map((entry, index) => `import * as n${index} from "perdure${entry.slice(1)}";`);
  const example = readFileSync(join(checkout, "examples/one-file/app.ts"), "utf8");
  const uses = names.map((_, index) => `n${index}`).join(", ");
  writeFileSync(join(installed.folder, "user.ts"), `${names.join("\n")}\n${example}\nconsole.log(${uses});\n`);
  const options = ["--noEmit", "--strict", "--target", "esnext", "--module", "nodenext", "--types", "node"];
  const roots = ["--typeRoots", join(checkout, "node_modules/@types"), "--skipLibCheck", "false"];
  const compiler = join(checkout, "node_modules/typescript/bin/tsc");
  const done = exec(process.execPath, [compiler, ...options, ...roots, "user.ts"], { cwd: installed.folder });
  expect(await done.catch((error: { stdout: string }) => error)).toMatchObject({ stdout: "" });
});

test("a program of one file runs server, worker, workflow, activity and client", async () => {
  const program = `
    import { Perdure, proxyActivities } from "perdure";
    const activities = { greet: async (name) => "hello " + name };
    const { greet } = proxyActivities({ startToCloseTimeout: "1 minute" });
    async function hello(name) { return (await greet(name)) + "!"; }
    const perdure = await Perdure.open({ workflows: { hello }, activities });
    console.log(await perdure.execute(hello, { workflowId: "one", args: ["world"] }));
    for await (const { workflowId } of perdure.client.workflow.list()) console.log(workflowId);
    console.log(await perdure.client.workflow.count("ExecutionStatus = 'Completed'"));
    await perdure.close();`;
  const stdout = "hello world!\none\n{ count: 1, groups: [] }\n";
  expect(await installed.run("one-file.js", program)).toEqual({ stdout, stderr: "" });
});

test("a program needs no file: threads of the library do not take the options of the process", async () => {
  const program = `
    import { Perdure } from "perdure";
    const perdure = await Perdure.open({ data: "no-file", workflows: { async hello() { return "hello"; } } });
    console.log(await perdure.execute("hello", { workflowId: "one" }));
    await perdure.close();`;
  const run = await exec(process.execPath, ["--input-type=module", "--eval", program], { cwd: installed.folder });
  expect(run).toEqual({ stdout: "hello\n", stderr: "" });
});

test("data may be in PostgreSQL, for its programs and as a library", async () => {
  symlinkSync(join(checkout, "node_modules/pg"), join(installed.folder, "node_modules/pg"));
  const { url, drop } = await freshDatabase();
  try {
    const program = `
      import { Perdure } from "perdure";
      const data = ${JSON.stringify(url)};
      const perdure = await Perdure.open({ data, workflows: { async hello() { return "hello"; } } });
      console.log(await perdure.execute("hello", { workflowId: "one" }));
      console.log((await perdure.client.workflow.count()).count);
      await perdure.close();`;
    expect(await installed.run("in-postgres.js", program)).toEqual({ stdout: "hello\n1\n", stderr: "" });
    const store = (...args: string[]) =>
      exec(join(installed.home, "lib/program.js"), ["store", ...args], { cwd: installed.folder });
    expect((await store("copy", "--from", url, "--to", "copied")).stdout).toMatch(/^copied 1 run, /);
    expect((await store("check", "--data", "copied")).stdout).toMatch(/^all is well: 1 run /);
    await store("backup", "--data", "copied", "--to", "backup");
    expect((await store("check", "--data", "backup")).stdout).toMatch(/^all is well: 1 run /);
    expect((await store("migrate", "--data", url)).stdout).not.toBe("");
  } finally {
    await drop();
  }
});

test("workflows of a module run in the sandbox, from the library that was built ahead", async () => {
  const workflows = `
    import { proxyActivities, sleep, ApplicationFailure } from "perdure/workflow";
    const { greet } = proxyActivities({ startToCloseTimeout: "1 minute" });
    export async function hello(name: string): Promise<string> {
      await sleep(1);
      if (typeof process !== "undefined") throw ApplicationFailure.nonRetryable("not a sandbox");
      return (await greet(name)) + "!";
    }`;
  writeFileSync(join(installed.folder, "workflows.ts"), workflows);
  const program = `
    import { Connection, Client } from "perdure/client";
    import { Worker } from "perdure/worker";
    import { startServer } from "perdure/server";
    const server = await startServer();
    const connection = await Connection.connect({ address: server.address });
    const worker = await Worker.create({
      connection, taskQueue: "q", activities: { greet: async (name) => "hello " + name },
      workflowsPath: new URL("./workflows.ts", import.meta.url).pathname,
    });
    const client = new Client({ connection });
    const options = { taskQueue: "q", workflowId: "one", args: ["world"] };
    console.log(await worker.runUntil(client.workflow.execute("hello", options)));
    await connection.close();
    await server.close();`;
  const { stdout } = await installed.run("sandboxed.js", program);
  expect(stdout).toBe("hello world!\n");
});

test("a test environment skips time, with mocks of activities and of child workflows", async () => {
  const workflows = `
    import assert from "node:assert";
    import { executeChild, proxyActivities, sleep } from "perdure/workflow";
    const { charge } = proxyActivities({ startToCloseTimeout: "1 minute" });
    export async function child() { throw new Error("is mocked"); }
    export async function family(id) {
      await sleep("30 days");
      return [await charge(id), await executeChild(child, { args: [id] })];
    }
    export async function wrong() { assert.equal(1, 2, "one is not two"); }`;
  writeFileSync(join(installed.folder, "tested.js"), workflows);
  const program = `
    import { DefaultLogger, Runtime, Worker } from "perdure/worker";
    import { mockActivities, mockChildWorkflows, TestWorkflowEnvironment, workflowInterceptorModules } from "perdure/testing";
    Runtime.install({ logger: new DefaultLogger("ERROR") });
    await using environment = await TestWorkflowEnvironment.createTimeSkipping();
    using children = mockChildWorkflows({ child: (id) => "child of " + id });
    const { activities } = mockActivities({ charge: (id) => "receipt of " + id });
    const { client, nativeConnection: connection } = environment;
    const worker = await Worker.create({
      connection, taskQueue: "q", activities: { ...activities, ...children.activities },
      workflowsPath: new URL("./tested.js", import.meta.url).pathname,
      interceptors: { workflowModules: [...children.workflowModules, ...workflowInterceptorModules] },
    });
    await worker.runUntil(async () => {
      const of = (workflowId) => ({ taskQueue: "q", workflowId, args: ["one"] });
      console.log(await client.workflow.execute("family", of("1")));
      console.log(await client.workflow.execute("wrong", of("2")).catch((error) => error.cause.message));
    });`;
  const { stdout } = await installed.run("tested-program.js", program);
  expect(stdout).toBe("[ 'receipt of one', 'child of one' ]\none is not two\n");
});

test("its program serves from a data folder until it is told to stop", async () => {
  const program = join(installed.folder, "node_modules/.bin/perdure");
  const child = spawn(program, ["dev", "--port", "0", "--data", "program"], {
    cwd: installed.folder,
    env: { ...process.env, PATH: `${join(process.execPath, "..")}:${process.env["PATH"]}` },
  });
  const ended = once(child, "exit");
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  expect(line.toString()).toMatch(/^perdure \d+\.\d+\.\d+ serves on 127\.0\.0\.1:\d+ \(data in program\)\n$/);
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
});

test("exports and programs of source files are published as their compiled files and types", () => {
  const manifest: Manifest = {
    name: "p",
    version: "1.0.0",
    exports: { ".": "./index.ts", "./server": "./server.ts", "./package.json": "./package.json" },
    bin: { p: "./program.ts" },
  };
  expect(entriesOf(manifest)).toEqual(["index", "server", "program"]);
  expect(publishedManifest(manifest)).toMatchObject({
    exports: {
      ".": { types: "./types/packages/perdure/index.d.ts", default: "./lib/index.js" },
      "./server": { types: "./types/packages/perdure/server.d.ts", default: "./lib/server.js" },
      "./package.json": "./package.json",
    },
    bin: { p: "./lib/program.js" },
  });
});
