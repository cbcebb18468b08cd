import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { MissingError, must } from "./need.ts";
import { temporalPeer } from "./peers.ts";

const before = process.env["PERDURE_TEMPORAL_PEER"];
afterEach(() => {
  if (before === undefined) delete process.env["PERDURE_TEMPORAL_PEER"];
  else process.env["PERDURE_TEMPORAL_PEER"] = before;
});

test("sources that are not there are named, with what to do", () => {
  process.env["PERDURE_TEMPORAL_PEER"] = "/nowhere";
  expect(() => temporalPeer.meet()).toThrow(
    "the sources of temporal-peer are not at /nowhere: set PERDURE_TEMPORAL_PEER to their folder",
  );
});

test("a step that fails says why in one line", () => {
  const failing = { run: process.execPath, args: ["-e", "console.error('no disk\\nno luck'); process.exit(3)"] };
  expect(() => must("the step", failing)).toThrow(new MissingError("the step failed: no disk | no luck"));
});

test("a program that does not exist is a failure with its name", () => {
  expect(() => must("the step", { run: "no-such-program", args: [] })).toThrow("no-such-program");
});

test("an unknown suite is refused with exit code 1", () => {
  const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, "main.ts"), "everything"], {
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([1, "prepare: the suite is everything, it must be one of test, peers, postgres\n"]);
});

test("what npm test needs is there when this runs, and nothing is said", () => {
  expect(execFileSync(process.execPath, [join(import.meta.dirname, "main.ts"), "test"], { encoding: "utf8" })).toBe("");
});
