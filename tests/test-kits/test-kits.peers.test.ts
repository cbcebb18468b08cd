/** The testing packages of the official SDKs, unmodified, start the published program as their server. */
import { TestWorkflowEnvironment } from "@temporalio/testing";
import { Worker } from "@temporalio/worker";
import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installPackage } from "../../tools/build/installed-package-fixture.ts";
import type { InstalledPackage } from "../../tools/build/installed-package-fixture.ts";

const python = resolve(import.meta.dirname, "../../.cache/venv/bin/python");
const folder = mkdtempSync(join(tmpdir(), "perdure-test-kits-"));
/** The program under the Node that runs this, whichever the system has. */
const path = join(folder, "perdure");
let installed: InstalledPackage;

beforeAll(async () => {
  installed = await installPackage();
  const program = join(installed.home, "lib/program.js");
  writeFileSync(path, `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`);
  chmodSync(path, 0o755);
}, 180_000);

afterAll(() => {
  installed?.[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

async function nap({ client, nativeConnection, namespace }: TestWorkflowEnvironment, duration: string) {
  const taskQueue = "q";
  const workflowsPath = join(import.meta.dirname, "workflows.ts");
  const worker = await Worker.create({ connection: nativeConnection, namespace, taskQueue, workflowsPath });
  return worker.runUntil(client.workflow.execute("nap", { workflowId: "nap", taskQueue, args: [duration] }));
}

test("TypeScript: createLocal starts it, in memory", async () => {
  const env = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: "existing-path", path }, namespace: "shop" },
  });
  try {
    expect(await nap(env, "1ms")).toBe("slept for 1ms");
    const description = await env.connection.workflowService.describeNamespace({ namespace: "shop" });
    expect(description.namespaceInfo?.name).toBe("shop");
  } finally {
    await env.teardown();
  }
});

test("TypeScript: createLocal starts it with everything that it can be told", async () => {
  const dbFilename = join(folder, "data");
  const env = await TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: "existing-path", path },
      ip: "127.0.0.1",
      uiPort: 17_796,
      dbFilename,
      log: { format: "json", level: "error" },
      extraArgs: ["--search-attribute", "Colour=Keyword", "--metrics-port", "17797"],
    },
  });
  try {
    const { customAttributes } = await env.connection.operatorService.listSearchAttributes({ namespace: "default" });
    expect(Object.keys(customAttributes)).toContain("Colour");
    expect(existsSync(join(dbFilename, "perdure.db"))).toBe(true);
  } finally {
    await env.teardown();
  }
});

test("TypeScript: createTimeSkipping starts it, and a day takes no time", async () => {
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: "existing-path", path } },
  });
  try {
    const before = await env.currentTimeMs();
    expect(await nap(env, "1 day")).toBe("slept for 1 day");
    expect((await env.currentTimeMs()) - before).toBeGreaterThanOrEqual(24 * 3600 * 1000);
  } finally {
    await env.teardown();
  }
});

test("Python: start_local and start_time_skipping start it", async () => {
  const program = join(import.meta.dirname, "python/environments.py");
  const { stdout } = await promisify(execFile)(python, ["-B", program, path]);
  expect(
    stdout
      .trim()
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([
    { local: "slept for 0", namespace: "shop" },
    { skipping: "slept for 86400", days: 1 },
  ]);
});
