/** Trees of files as users have them, loaded and run. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { resultOf, sandbox, tree } from "../sandbox-fixture.ts";
import type { Files } from "../sandbox-fixture.ts";
import { loadWorkflowCode } from "./load-workflow-code.ts";

const main = (body: string, imports = "") => `${imports}\nexport async function main() { ${body} }`;

/** Files, and what the workflow `main` of `workflows.*` returns. */
const loads: readonly (readonly [name: string, files: Files, expected: unknown])[] = [
  [
    "TypeScript",
    { "workflows.ts": "export async function main(x?: number): Promise<number> { return (x ?? 4) as number; }" },
    4,
  ],
  ["a .mts file", { "workflows.mts": main("return 1;") }, 1],
  ["a .cts file", { "workflows.cts": "exports.main = async (): Promise<number> => 2;" }, 2],
  ["CommonJS", { "workflows.js": "exports.main = async () => 3;" }, 3],
  ["CommonJS that replaces its exports", { "workflows.cjs": "module.exports = { main: async () => 4 };" }, 4],
  ["ESM by its ending", { "workflows.mjs": main("return 5;") }, 5],
  ["ESM by package.json", { "package.json": '{"type":"module"}', "workflows.js": main("return 6;") }, 6],
  ["ESM by its syntax", { "workflows.js": main("return 7;") }, 7],
  ["a folder with an index", { "workflows/index.ts": main("return 8;") }, 8],
  [
    "an import without ending",
    { "workflows.ts": main("return a;", "import { a } from './a';"), "a.ts": "export const a = 1;" },
    1,
  ],
  [
    "an import of .js that means .ts",
    { "workflows.ts": main("return a;", "import { a } from './a.js';"), "a.ts": "export const a = 2;" },
    2,
  ],
  [
    "an import of .ts",
    { "workflows.ts": main("return a;", "import { a } from './a.ts';"), "a.ts": "export const a = 3;" },
    3,
  ],
  [
    "an import of a folder",
    { "workflows.ts": main("return a;", "import { a } from './a';"), "a/index.js": "exports.a = 4;" },
    4,
  ],
  [
    "JSON",
    {
      "workflows.ts": main("return data.n + named;", "import data, { named } from './data.json';"),
      "data.json": '{"n":1,"named":2}',
    },
    3,
  ],
  [
    "a type-only import of a missing module",
    {
      "workflows.ts": main(
        "return 1;",
        "import type { A } from './gone'; import { type B } from './gone2'; import { C } from './gone3'; let c: C;",
      ),
    },
    1,
  ],
  ["enums", { "workflows.ts": main("return [E.A, E[0], E.B];", "enum E { A, B = 'b' }") }, [0, "A", "b"]],
  [
    "parameter properties and private fields",
    {
      "workflows.ts": main(
        "return new A(3).sum();",
        "class A { #b = 1; constructor(private a: number) {} sum() { return this.a + this.#b; } }",
      ),
    },
    4,
  ],
  [
    "top-level names that JavaScript has too",
    { "workflows.ts": main("return name;", "const name = 'mine'; export {};") },
    "mine",
  ],
  [
    "a live binding",
    {
      "workflows.ts": main("inc(); inc(); return n;", "import { n, inc } from './n';"),
      "n.ts": "export let n = 0; export const inc = () => { n++; };",
    },
    2,
  ],
  [
    "a re-exported live binding",
    {
      "workflows.ts": main("inc(); return m;", "import { m, inc } from './b';"),
      "b.ts": "export { n as m } from './n'; export * from './n';",
      "n.ts": "export let n = 0; export const inc = () => { n++; };",
    },
    1,
  ],
  [
    "a namespace import",
    {
      "workflows.ts": main("return [Object.keys(ns), ns.default];", "import * as ns from './n';"),
      "n.ts": "export const a = 1; export default 2;",
    },
    [["a", "default"], 2],
  ],
  [
    "modules in a circle",
    {
      "workflows.ts": main("return b();", "import { b } from './b'; export function a() { return 'a'; }"),
      "b.ts": "import { a } from './workflows'; export function b() { return a() + early; } const early = a();",
    },
    "aa",
  ],
  [
    "a default export of CommonJS",
    {
      "workflows.ts": main("return f();", "import f from './f';"),
      "f.cjs": "module.exports = () => 'called';",
      "f/index.js": "module.exports = () => 'called';",
    },
    "called",
  ],
  [
    "a dynamic import with a written name",
    { "workflows.ts": main("return (await import('./a')).a;"), "a.ts": "export const a = 'late';" },
    "late",
  ],
  [
    "a package by main",
    {
      "workflows.ts": main("return a;", "import { a } from 'pack';"),
      "node_modules/pack/package.json": '{"main":"./lib/it"}',
      "node_modules/pack/lib/it.js": "exports.a = 1;",
    },
    1,
  ],
  [
    "a package's file",
    {
      "workflows.ts": main("return a;", "import { a } from 'pack/lib/it';"),
      "node_modules/pack/package.json": "{}",
      "node_modules/pack/lib/it.js": "exports.a = 2;",
    },
    2,
  ],
  [
    "a scoped package",
    {
      "workflows.ts": main("return a;", "import { a } from '@me/pack';"),
      "node_modules/@me/pack/index.js": "exports.a = 3;",
    },
    3,
  ],
  [
    "the import condition for ESM, require for CommonJS",
    {
      "workflows.ts": main("return [a, b];", "import { a } from 'pack'; import { b } from './b.cjs';"),
      "b.cjs": "exports.b = require('pack').a;",
      "node_modules/pack/package.json":
        '{"exports":{".":{"types":"./t.d.ts","node":"./node.js","import":"./i.mjs","require":"./r.cjs"}}}',
      "node_modules/pack/i.mjs": "export const a = 'import';",
      "node_modules/pack/r.cjs": "exports.a = 'require';",
    },
    ["import", "require"],
  ],
  [
    "patterns in exports",
    {
      "workflows.ts": main("return a;", "import { a } from 'pack/features/x';"),
      "node_modules/pack/package.json":
        '{"exports":{"./features/*":{"default":"./src/*.js"},"./features/private/*":null}}',
      "node_modules/pack/src/x.js": "exports.a = 'x';",
    },
    "x",
  ],
  [
    "imports of one's own package",
    {
      "workflows.ts": main("return a;", "import { a } from '#a';"),
      "package.json": '{"imports":{"#a":"./src/a.ts"}}',
      "src/a.ts": "export const a = 'own';",
    },
    "own",
  ],
  [
    "a package's own name",
    {
      "workflows.ts": main("return a;", "import { a } from 'me/a';"),
      "package.json": '{"name":"me","exports":{"./a":"./a.ts"}}',
      "a.ts": "export const a = 'self';",
    },
    "self",
  ],
  ["packages that look at NODE_ENV", { "workflows.js": main("return process.env.NODE_ENV;") }, "production"],
  [
    "a package in place of a module of Node",
    {
      "workflows.ts": main("return EventEmitter;", "import { EventEmitter } from 'events';"),
      "node_modules/events/index.js": "exports.EventEmitter = 'npm';",
    },
    "npm",
  ],
  [
    "a require that may fail",
    { "workflows.js": "let c; try { c = require('crypto'); } catch { c = 'none'; } exports.main = async () => c;" },
    "none",
  ],
  [
    "node:assert",
    {
      "workflows.ts": main(
        "assert(true); assert.ok(1); deepStrictEqual({ a: [1] }, { a: [1] }); try { assert.strictEqual(1, 2); } catch (e) { return e.code; }",
        "import assert, { deepStrictEqual } from 'node:assert';",
      ),
    },
    "ERR_ASSERTION",
  ],
  [
    "node:util",
    {
      "workflows.ts": main(
        "return util.format('%s is %d', 'x', 3) + inspect({ a: [1, 'b'] });",
        "import util, { inspect } from 'util';",
      ),
    },
    'x is 3{ a: [ 1, "b" ] }',
  ],
  [
    "node:url",
    {
      "workflows.ts": main(
        "return new URL('/a?b=1', 'https://c.example').searchParams.get('b');",
        "import { URL } from 'node:url';",
      ),
    },
    "1",
  ],
  [
    "the library under either name",
    {
      "workflows.ts": main(
        "return [a === b, c === d, e === c];",
        "import { sleep as a } from 'perdure/workflow'; import { sleep as b } from '@temporalio/workflow'; import { ApplicationFailure as c } from 'perdure/common'; import { ApplicationFailure as d } from '@temporalio/common'; import { ApplicationFailure as e } from '@temporalio/common/lib/failure';",
      ),
    },
    [true, true, true],
  ],
];

test.each(loads)("loads %s", async (_, files, expected) => {
  expect(await resultOf(sandbox(files), "main")).toEqual(expected);
});

/** Files, and what the error says. */
const refuses: readonly (readonly [name: string, files: Files, message: RegExp])[] = [
  [
    "a module of Node",
    {
      "workflows.ts": "import { helper } from './helper';\nexport const main = helper;",
      "helper.ts": "\nimport { readFile } from 'node:fs';\nexport const helper = () => readFile;",
    },
    /node:fs .*activity.*helper\.ts:2\)/s,
  ],
  [
    "a module of Node by its short name",
    { "workflows.ts": "import crypto from 'crypto'; export const main = () => crypto;" },
    /uuid4\(\).*workflows\.ts:1/s,
  ],
  [
    "the client",
    { "workflows.ts": "import { Client } from '@temporalio/client'; export const main = () => Client;" },
    /startChild.*workflows\.ts:1/s,
  ],
  [
    "activities as values",
    { "workflows.ts": "import { Context } from 'perdure/activity'; export const main = () => Context;" },
    /proxyActivities/,
  ],
  [
    "a package that is not there",
    { "workflows.ts": "\n\nimport 'gone'; export const main = 1;" },
    /Cannot find gone: is the package installed.*workflows\.ts:3/s,
  ],
  [
    "a file that is not there",
    { "workflows.ts": "import './gone'; export const main = 1;" },
    /Cannot find \.\/gone: check the path.*workflows\.ts:1/s,
  ],
  [
    "a path that a package does not export",
    {
      "workflows.ts": "import 'pack/x'; export const main = 1;",
      "node_modules/pack/package.json": '{"exports":"./a.js"}',
      "node_modules/pack/x.js": "",
    },
    /Cannot find pack\/x/,
  ],
  [
    "await at the top",
    { "workflows.ts": "export const a = 1;\nawait a;" },
    /workflows\.ts:2: .*move it into the workflow/,
  ],
  ["syntax that is none", { "workflows.ts": "export const = 1;" }, /workflows\.ts/],
  ["broken JSON", { "workflows.ts": "import './a.json'; export {};", "a.json": "{" }, /a\.json is not JSON/],
  ["a namespace", { "workflows.ts": "\nexport namespace N { export const a = 1; }" }, /workflows\.ts:2: .*namespaces/],
  [
    "process",
    { "workflows.ts": "const home = process.env.HOME; export const main = () => home;" },
    /process is not defined.*argument.*workflows\.ts:1/s,
  ],
  ["an error of the code", { "workflows.ts": "\n\nthrow new Error('mine');" }, /mine.*workflows\.ts:3/s],
];

test.each(refuses)("refuses %s, and says where and what to do", (_, files, message) => {
  expect(() => sandbox(files)).toThrow(message);
});

describe("options", () => {
  test("ignoreModules lets a module be imported and not be used", async () => {
    const files = {
      "workflows.ts": `import { readFileSync } from "fs"; import fs from "node:fs/promises"; import Lib from "lib";
        class Sub extends Lib {}
        export async function main() { return typeof readFileSync + typeof fs.readFile + typeof Sub; }
        export async function uses() { try { readFileSync("x"); } catch (error) { return error.message; } }`,
    };
    const host = sandbox(files, { ignoreModules: ["fs", "lib"] });
    expect(await resultOf(host, "main")).toBe("functionfunctionfunction");
    expect(await resultOf(host, "uses")).toMatch(/fs is listed in ignoreModules, yet .*workflows\.ts:1 uses it/);
  });

  test("preloadModules are evaluated once for all runs", async () => {
    const folder = tree({ "shared.ts": "export const state = { n: 0 };" });
    const shared = join(folder, "shared.ts");
    const text = `import { state } from ${JSON.stringify(shared)}; export async function main() { return ++state.n; }`;
    const host = sandbox(text, { preloadModules: [shared] });
    expect(await resultOf(host, "main")).toBe(1);
    expect(await resultOf(host, "main")).toBe(2);
  });

  test("a changed file is read anew", async () => {
    const folder = tree({ "workflows.ts": "export const a = 1;" });
    const load = () => loadWorkflowCode({ workflowsPath: join(folder, "workflows.ts") }).modules[0]?.code;
    expect(load()).toContain("a = 1");
    writeFileSync(join(folder, "workflows.ts"), "export const a = 23;");
    expect(load()).toContain("a = 23");
  });

  test("converters and interceptors are modules of the run", async () => {
    const folder = tree({
      "converter.ts": `import { defaultPayloadConverter } from "perdure/common";
        export const payloadConverter = {
          toPayload: (value) => defaultPayloadConverter.toPayload({ wrapped: value }),
          fromPayload: (payload) => defaultPayloadConverter.fromPayload(payload),
        };`,
      "interceptors.ts": `import { seen } from "./seen";
        export const interceptors = () => ({ inbound: [{ async execute(input, next) { seen.push("before"); return next(input); } }] });`,
      "seen.ts": "export const seen: string[] = [];",
      "workflows.ts": "import { seen } from './seen'; export async function main() { return seen; }",
    });
    const host = sandbox(
      { "workflows.ts": `export * from ${JSON.stringify(join(folder, "workflows.ts"))};` },
      {
        payloadConverterPath: join(folder, "converter.ts"),
        workflowInterceptorModules: [join(folder, "interceptors.ts")],
      },
    );
    expect(await resultOf(host, "main")).toEqual({ wrapped: ["before"] });
    expect(await resultOf(host, "main")).toEqual({ wrapped: ["before"] });
  });

  test.each([
    ["workflowsPath", { workflowsPath: "/nowhere/workflows.ts" }],
    ["payloadConverterPath", { payloadConverterPath: "/nowhere/converter.ts" }],
  ])("a wrong %s is named", (option, paths) => {
    expect(() => sandbox("export const a = 1;", paths)).toThrow(new RegExp(`${option}: .*nowhere`));
  });
});

test("a default export serves all other types", async () => {
  const host = sandbox("export async function one() { return 1; } export default async () => 'any';");
  expect(host.workflowTypes).toBeUndefined();
  expect(await resultOf(host, "one")).toBe(1);
  expect(await resultOf(host, "whatever")).toBe("any");
});

test("modules may use the workflow API while they are evaluated", async () => {
  const host = sandbox(
    "import { uuid4 } from 'perdure/workflow'; const id = uuid4(); export async function main() { return id.length; }",
  );
  expect(host.workflowTypes).toBeUndefined();
  expect(await resultOf(host, "main")).toBe(36);
});
