// The official Python SDK, unmodified, against one server: `python/run.py` prints a line per shape and a summary, judged here.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTarget } from "./harness/target.ts";
import type { StoreKind, Target } from "./harness/target.ts";

const TIMEOUT_MS = 240_000;
const SHAPES_MIN = 40;

/** Made by the preparation of the peer suites: `python3 -m venv` and `pip install -r python/requirements.txt`. */
const python = fileURLToPath(new URL("../../.cache/venv/bin/python", import.meta.url));
const program = fileURLToPath(new URL("python/run.py", import.meta.url));

type Summary = { passed: string[]; failed: Record<string, string>; eventTypes: Record<string, number> };

/** Undefined: what the environment says, which is SQLite when it says nothing. */
const STORES: readonly (StoreKind | undefined)[] = [undefined, "postgres"];

describe.each(STORES)("on %s", (store) => {
  let target: Target;

  beforeAll(async () => {
    if (!existsSync(python)) throw new Error(`${python} is missing: prepare the peer suites first`);
    target = await openTarget(store);
  });

  afterAll(() => target?.close());

  it("runs every shape of the official Python SDK", { timeout: TIMEOUT_MS }, async () => {
    const { failed, passed, eventTypes } = await runProgram(target);
    expect(failed).toEqual({});
    expect(target.complaints).toEqual([]);
    expect(passed.length).toBeGreaterThanOrEqual(SHAPES_MIN);
    expect(Object.keys(eventTypes).length).toBeGreaterThan(35);
  });
});

async function runProgram(target: Target): Promise<Summary> {
  const flags = ["--address", target.address, ...(target.kind === "ours" ? ["--ours"] : [])];
  const child = spawn(python, ["-B", program, ...flags], { stdio: ["ignore", "pipe", "ignore"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString("utf8");
  });
  await once(child, "close");
  return JSON.parse(output.trimEnd().split("\n").at(-1) ?? "") as Summary;
}
