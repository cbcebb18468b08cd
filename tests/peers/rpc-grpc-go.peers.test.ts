import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startEchoServer, type EchoServer } from "../rpc/echo-service.ts";

/** A client on grpc-go (tests/peers/grpc-go/) against our server. Go builds it into .cache/bin/. */
const binary = resolve(import.meta.dirname, "../../.cache/bin/grpc-go-client");
const run = promisify(execFile);

let echo: EchoServer;

beforeAll(async () => {
  mkdirSync(resolve(binary, ".."), { recursive: true });
  try {
    await run("go", ["build", "-o", binary, "."], { cwd: resolve(import.meta.dirname, "grpc-go") });
  } catch (error) {
    throw new Error("this suite needs Go (golang.org) and its module proxy", { cause: error });
  }
  const reflection = { files: new Map(), symbols: new Map(), services: ["test.Echo"] };
  echo = await startEchoServer({ reflection });
}, 300_000);

afterAll(() => echo?.close());

test("grpc-go works with our server, and its keepalive is welcome", async () => {
  const { stdout } = await run(binary, [`127.0.0.1:${echo.port}`, "--keepalive"]).catch(
    (error: { stdout: string }) => error,
  );
  expect(stdout.split("\n").filter((line) => line.startsWith("FAILED"))).toEqual([]);
  expect(stdout).toContain("all good");
});
