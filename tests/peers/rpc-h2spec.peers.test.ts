import { execFile } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startEchoServer, type EchoServer } from "../rpc/echo-service.ts";

/**
 * h2spec, the conformance suite for HTTP/2 servers, against ours. It is a Go program; the first run installs it into
 * .cache/bin/. The last version that Go's module proxy carries is 2.2.1 with 146 cases, the strict ones included.
 */
const version = "v2.2.1+incompatible";
const binFolder = resolve(import.meta.dirname, "../../.cache/bin");
const h2spec = resolve(binFolder, "h2spec");
const run = promisify(execFile);

let echo: EchoServer;

beforeAll(async () => {
  if (!existsSync(h2spec)) {
    mkdirSync(binFolder, { recursive: true });
    try {
      const env = { ...process.env, GOBIN: binFolder, GOFLAGS: "-mod=mod" };
      await run("go", ["install", `github.com/summerwind/h2spec/cmd/h2spec@${version}`], { env });
    } catch (error) {
      throw new Error("h2spec needs Go (golang.org) and its module proxy; install Go or put h2spec into .cache/bin/", {
        cause: error,
      });
    }
  }
  echo = await startEchoServer();
}, 300_000);

afterAll(() => echo?.close());

test("h2spec finds nothing wrong, strict cases included", async () => {
  // h2spec exits with 1 when a case fails; its output says which.
  const { stdout } = await run(h2spec, ["--strict", "-h", "127.0.0.1", "-p", String(echo.port)]).catch(
    (error: { stdout: string }) => error,
  );
  const summary = /(\d+) tests, (\d+) passed, (\d+) skipped, (\d+) failed/.exec(stdout);
  const [tests = 0, passed = 0] = summary?.slice(1).map(Number) ?? [];
  if (passed !== tests) console.log(stdout);
  expect(passed).toBe(tests);
  expect(tests).toBeGreaterThanOrEqual(146);
});
