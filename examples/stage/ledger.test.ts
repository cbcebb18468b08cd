import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Ledger } from "./ledger.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ledger-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("what is asked for twice is done once, also by the process that comes after", () => {
  const file = join(folder, "ledger.jsonl");
  const first = new Ledger<string>(file);
  expect(first.once("a", () => "done")).toBe("done");
  expect(first.once("a", () => "done again")).toBe("done");
  const second = new Ledger<string>(file);
  expect(second.once("a", () => "done by another")).toBe("done");
  expect([...second.entries()]).toEqual([["a", "done"]]);
  expect(second.repeats().get("a")).toBe(2);
});

test("a reader passes over a line that is being written", () => {
  const file = join(folder, "ledger.jsonl");
  new Ledger<number>(file).once("a", () => 1);
  appendFileSync(file, '{"key":"b","va');
  expect([...new Ledger<number>(file).entries()]).toEqual([["a", 1]]);
});
