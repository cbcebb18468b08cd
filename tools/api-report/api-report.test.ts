import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { compileExamples } from "./compile-examples.ts";
import { readDeclarations } from "./declaration-file.ts";
import { emitDeclarations } from "./emitted-declarations.ts";
import { examplesOf, findExamples } from "./examples.ts";
import { apiReport } from "./report.ts";
import type { ApiReport } from "./report.ts";

const checkout = resolve(import.meta.dirname, "../..");
const folder = join(checkout, "packages/perdure/api");
let report: ApiReport;
/** Some seconds, and many on a machine that does other things too. */
const COMPILER_MS = 180_000;

beforeAll(() => {
  using declarations = emitDeclarations(checkout);
  report = apiReport(checkout, declarations.folder);
}, COMPILER_MS);

test("the committed reports are what the package exports: `node tools/api-report/main.ts` writes them", () => {
  const committed = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]);
  expect(Object.fromEntries(committed)).toEqual(Object.fromEntries(report.texts));
});

test("every exported name has a comment", () => {
  expect(report.undocumented).toEqual([]);
});

test(
  "examples in comments and documents compile, and one that does not is told with its place",
  () => {
    const examples = findExamples(checkout);
    expect(examples.length).toBeGreaterThan(40);
    const wrong = examplesOf("page.md", "text\n\n```ts\nawait sleep({ seconds: 1 });\n```\n");
    const errors = compileExamples(checkout, [...examples, ...wrong], report.names);
    expect(errors).toEqual([expect.stringContaining("page.md:4 (line 1): error TS")]);
  },
  COMPILER_MS,
);

test.each([
  [
    "function overloads are one name",
    "/** One. */\nexport declare function f(a: string): void;\nexport declare function f(): void;",
    ["f"],
  ],
  ["a type and a value are one name", "export declare const T: { A: 1 };\nexport type T = 1;", ["T"]],
  ["two values of one statement", "export declare const a: (x: Map<string, 1>) => void, b: () => void;", ["a", "b"]],
  ["lists and aliases", 'import { x as y } from "./x.ts";\nexport { y, type z as w } from "./z.ts";', ["y", "w"]],
  [
    "brackets in strings and comments",
    'export type S = "}" | "/*"; /* { */\nexport interface I { a: "{"; }',
    ["S", "I"],
  ],
])("declaration files: %s", (_, source, names) => {
  expect([...readDeclarations(source).exported.keys()]).toEqual(names);
});
