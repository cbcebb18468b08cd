/** The published form on every Node that it is for. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { NODE_VERSIONS, nodeOf } from "../prepare/runtimes.ts";
import { installPackage } from "./installed-package-fixture.ts";
import type { InstalledPackage } from "./installed-package-fixture.ts";

let installed: InstalledPackage;
beforeAll(async () => {
  installed = await installPackage();
}, 180_000);
afterAll(() => installed?.[Symbol.dispose]());

const nodes = [
  ...NODE_VERSIONS.map((version) => [version, nodeOf(version)]),
  [process.versions.node, process.execPath],
];

const WORKFLOWS = `
  import { proxyActivities, sleep } from "perdure/workflow";
  const { greet } = proxyActivities({ startToCloseTimeout: "1 minute" });
  export async function hello(name: string): Promise<string> {
    await sleep(1);
    return (await greet(name)) + "!";
  }`;

/** A server over gRPC and a worker with a sandbox, with data on the disk. */
const PROGRAM = `
  import { Client } from "perdure/client";
  import { startServer } from "perdure/server";
  import { NativeConnection, Worker } from "perdure/worker";
  const server = await startServer({ data: { kind: "sqlite", folder: "data" } });
  const connection = await NativeConnection.connect({ address: server.address });
  const workflowsPath = new URL("./workflows.ts", import.meta.url).pathname;
  const activities = { greet: async (name) => "hello " + name };
  const worker = await Worker.create({ connection, taskQueue: "q", activities, workflowsPath });
  const client = new Client({ connection });
  const options = { taskQueue: "q", workflowId: "one", args: ["world"] };
  console.log(process.versions.node, await worker.runUntil(client.workflow.execute("hello", options)));
  await connection.close();
  await server.close();`;

/** The README's first page, without its wait. */
const ONE_FILE = readFileSync(resolve(import.meta.dirname, "../../examples/one-file/app.ts"), "utf8").replace(
  "5 seconds",
  "1 ms",
);

describe.each(nodes)("Node %s", (version, node) => {
  test("runs server, client and a worker whose workflows are in the sandbox", async () => {
    rmSync(join(installed.folder, "data"), { recursive: true, force: true });
    writeFileSync(join(installed.folder, "workflows.ts"), WORKFLOWS);
    const { stdout, stderr } = await installed.run("program.js", PROGRAM, node);
    expect(stdout).toBe(`${version} hello world!\n`);
    // What Node 22 says of SQLite, it says once.
    expect(stderr.split("\n").filter((line) => line.includes("ExperimentalWarning")).length).toBeLessThanOrEqual(1);
  });

  test("runs a program of one TypeScript file", async () => {
    rmSync(join(installed.folder, ".perdure"), { recursive: true, force: true });
    const { stdout } = await installed.run("app.ts", ONE_FILE, node);
    expect(stdout.split("\n").at(-2)).toBe("receipt of a book, parcel with a book");
  });
});
