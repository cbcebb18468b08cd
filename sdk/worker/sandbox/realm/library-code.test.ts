import { expect, test } from "vitest";
import type { CodeModule } from "../loader/workflow-code.ts";
import { buildSandboxLibrary, libraryCode, MAIN } from "./library-code.ts";

test("the library of a sandbox is complete and imports nothing from outside", () => {
  const modules = libraryCode();
  const ids = new Set(modules.map(({ id }) => id));
  expect(ids).toContain(MAIN);
  for (const { id, targets } of modules) {
    for (const [specifier, target] of Object.entries(targets)) {
      const found = "module" in target && ids.has(target.module);
      expect(found, `${id} imports ${specifier}`).toBe(true);
    }
  }
});

test("nothing of the library's host side is loaded in a sandbox", () => {
  const ids = libraryCode().map(({ id }) => id);
  expect(ids.filter((id) => id.includes("/host/") || id.includes("gen/") || id.includes("fixture"))).toEqual([]);
});

test("a built library has the same modules, under names that are the same on every machine", () => {
  const built = JSON.parse(buildSandboxLibrary()) as CodeModule[];
  expect(built.map(({ id }) => id)).toEqual(libraryCode().map(({ id }) => id));
  expect(built.filter(({ file }) => !file.startsWith("/node_modules/perdure/"))).toEqual([]);
  expect(built.every(({ code }) => code.length > 0)).toBe(true);
});
