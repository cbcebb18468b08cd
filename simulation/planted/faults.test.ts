import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { PLANTED_FAULTS } from "./faults.ts";

test("every planted fault has its place in the code as it is now", () => {
  const root = new URL("../../", import.meta.url);
  const homeless = PLANTED_FAULTS.filter(
    ({ file, search }) => !readFileSync(new URL(file, root), "utf8").includes(search),
  );
  expect(homeless.map(({ name }) => name)).toEqual([]);
});

test("a planted fault is found by its name", () => {
  expect(new Set(PLANTED_FAULTS.map(({ name }) => name)).size).toBe(PLANTED_FAULTS.length);
});
