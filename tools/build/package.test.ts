/** The published form: packed, installed into an empty folder, and a server started from there. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { publishedManifest } from "./manifest.ts";

const run = promisify(execFile);
const dist = resolve(import.meta.dirname, "../../packages/perdure/dist");
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "perdure-package-"));
  await run(process.execPath, [join(import.meta.dirname, "main.ts")]);
  const { stdout } = await run("npm", ["pack", dist, "--pack-destination", folder, "--json"], { cwd: folder });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "empty", private: true, type: "module" }));
  await run("npm", ["install", "--offline", "--ignore-scripts", "--no-audit", join(folder, filename)], { cwd: folder });
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a server starts from the installed package and answers", async () => {
  const program = `
    import { connect } from "node:net";
    import { once } from "node:events";
    import { startServer } from "perdure/server";
    const server = await startServer({ data: { kind: "sqlite", folder: "data" } });
    const socket = connect(server.port, "127.0.0.1");
    await once(socket, "connect");
    socket.destroy();
    await server.close();
    console.log("served on", typeof server.address);`;
  writeFileSync(join(folder, "program.js"), program);
  const { stdout, stderr } = await run(process.execPath, ["program.js"], { cwd: folder });
  expect(stderr).toBe("");
  expect(stdout).toBe("served on string\n");
});

test("the installed package depends on nothing and holds no TypeScript sources", async () => {
  const installed = join(folder, "node_modules/perdure");
  const manifest = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as Record<string, unknown>;
  expect(manifest["dependencies"]).toBeUndefined();
  expect(manifest["engines"]).toEqual({ node: ">=22.18" });
  const { stdout } = await run("find", [installed, "-name", "*.ts", "!", "-name", "*.d.ts"]);
  expect(stdout).toBe("");
});

test("an export of a source file is published as its compiled file and its types", () => {
  const manifest = {
    name: "p",
    version: "1.0.0",
    exports: { "./server": "./server.ts", "./package.json": "./package.json" },
  };
  expect(publishedManifest(manifest)["exports"]).toEqual({
    "./server": { types: "./packages/perdure/server.d.ts", default: "./packages/perdure/server.js" },
    "./package.json": "./package.json",
  });
});

test("the program of the installed package serves from a data folder until it is told to stop", async () => {
  const main = join(folder, "node_modules/perdure/server/main.js");
  const child = spawn(process.execPath, [main, "--port", "0", "--data", "program"], { cwd: folder });
  const ended = once(child, "exit");
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  expect(line.toString()).toMatch(/^perdure \d+\.\d+\.\d+ serves on 127\.0\.0\.1:\d+ \(data in program\)\n$/);
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
});
