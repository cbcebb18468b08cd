import { expect, test } from "vitest";
import { streamLog } from "./stream-log.ts";
import type { LogFormat, LogLevel } from "./stream-log.ts";

const clock = { now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6) };

function logged(format: LogFormat, fields?: Record<string, unknown>): string {
  const lines: string[] = [];
  streamLog({ level: "debug", format, clock, write: (line) => lines.push(line) }).warn("disk is\nfull", fields);
  expect(lines).toHaveLength(1);
  return lines[0] as string;
}

test.each([
  ["text", undefined, "2026-01-02T03:04:05.006Z WARN  disk is full"],
  [
    "text",
    { run: "a b", count: 3, nothing: undefined },
    '2026-01-02T03:04:05.006Z WARN  disk is full run="a b" count=3',
  ],
  ["json", { count: 3n }, '{"count":"3","time":"2026-01-02T03:04:05.006Z","level":"warn","message":"disk is\\nfull"}'],
  ["json", { level: "mine" }, '{"level":"warn","time":"2026-01-02T03:04:05.006Z","message":"disk is\\nfull"}'],
] as const)("%s: entry %#", (format, fields, line) => {
  expect(logged(format, fields)).toBe(line);
});

test("what cannot be JSON is logged all the same", () => {
  const circle: Record<string, unknown> = {};
  circle["self"] = circle;
  for (const value of [circle, { big: 1n }, () => 1, Symbol("s"), Number.NaN]) {
    for (const format of ["text", "json"] as const) expect(logged(format, { value })).not.toContain("\n");
  }
  expect(logged("json", { error: new Error("broken") })).toContain("Error: broken");
});

test("entries below the level are left out", () => {
  const lines: string[] = [];
  const levels: readonly LogLevel[] = ["debug", "info", "warn", "error"];
  const log = streamLog({ level: "warn", format: "text", clock, write: (line) => lines.push(line) });
  for (const level of levels) log[level](level);
  expect(lines.map((line) => line.split(" ").at(-1))).toEqual(["warn", "error"]);
});
