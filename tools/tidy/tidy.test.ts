import { describe, expect, test } from "vitest";
import { formatFinding } from "./finding.ts";
import type { Finding } from "./finding.ts";
import { bannedGlobals } from "./rules/banned-globals.ts";
import { documentLinks } from "./rules/document-links.ts";
import { forbiddenText } from "./rules/forbidden-text.ts";
import { importDirection, importsOf } from "./rules/import-direction.ts";
import { fileNames, folderPages, indexFiles } from "./rules/layout.ts";
import { blank } from "./source-code.ts";
import type { Tree } from "./tree.ts";

function check(rule: (tree: Tree) => Finding[], files: Record<string, string>): string[] {
  return rule({ root: "/checkout", files: new Map(Object.entries(files)) }).map(formatFinding);
}

describe("blanking", () => {
  test.each([
    ["a line comment", "a // b\nc", "a     \nc"],
    ["a block comment keeps its line breaks", "a /* b\nc */ d", "a     \n     d"],
    ["an unfinished comment", "a /* b", "a     "],
    ["a string with an escaped quote", String.raw`a("b\"c", d)`, "a(      , d)"],
    ["a comment sign in a string", `a("//b"); c`, "a(     ); c"],
    ["a template's text but not its hole", "a(`b${c.d}e`)", "a(  ${c.d}  )"],
    ["braces inside a template's hole", "`a${{ b: 1 }}c`; d", "  ${{ b: 1 }}  ; d"],
    ["a regular expression with a quote", `a(/"/g, b)`, "a(   g, b)"],
    ["a division is code", "a / b / c", "a / b / c"],
  ])("%s", (_, text, expected) => {
    expect(blank(text, "only code")).toBe(expected);
  });

  test("strings stay where they are asked for", () => {
    expect(blank(`import "./a.ts"; // "b"`, "strings")).toBe(`import "./a.ts";       `);
  });
});

test("every form of import is found", () => {
  const text = `import { a } from "./a.ts";
import type { B } from './b.ts';
import {
  c,
} from "./c.ts";
export * from "./d.ts";
import "./e.ts";
const f = await import("./f.ts");
// import { g } from "./g.ts";`;
  expect(importsOf(text).map(({ specifier, line }) => `${line} ${specifier}`)).toEqual([
    "1 ./a.ts",
    "2 ./b.ts",
    "3 ./c.ts",
    "6 ./d.ts",
    "7 ./e.ts",
    "8 ./f.ts",
  ]);
});

describe("import direction", () => {
  test.each([
    ["base/a.ts", "../rpc/b.ts", "base/a.ts:1: imports rpc/b.ts: base/ may import nothing else"],
    ["rpc/a.ts", "../base/index.ts", undefined],
    ["rpc/a.ts", "../api/b.ts", "rpc/a.ts:1: imports api/b.ts: rpc/ may import base"],
    ["server/history/a.ts", "../../api/b.ts", undefined],
    ["server/history/a.ts", "../matching/matching.ts", undefined],
    [
      "server/history/a.ts",
      "../matching/backlog.ts",
      "server/history/a.ts:1: imports server/matching/backlog.ts: other roles enter server/matching/ through index.ts, matching.ts",
    ],
    ["server/history/kernel/a.ts", "../workflow/b.ts", undefined],
    ["server/server.ts", "./matching/create-matching.ts", undefined],
    [
      "server/history/a.ts",
      "../../sdk/a.ts",
      "server/history/a.ts:1: imports sdk/a.ts: server/ may import base, rpc, api",
    ],
    [
      "rpc/a.ts",
      "protobufjs",
      "rpc/a.ts:1: imports protobufjs: product code has no dependencies but Node's own modules",
    ],
    ["rpc/a.ts", "node:net", undefined],
    ["rpc/a.test.ts", "protobufjs", undefined],
    ["server/history/a.test.ts", "../store/memory/memory-store.ts", undefined],
    ["tests/a.ts", "../server/history/b.ts", undefined],
    ["server/command/serve.ts", "../store/sqlite/data-folder.ts", undefined],
    ["server/store/conformance/commits.ts", "vitest", undefined],
    ["server/store/postgres/a.ts", "pg", undefined],
  ])("%s importing %s", (file, specifier, expected) => {
    const found = check(importDirection, { [file]: `import { a } from "${specifier}";` });
    expect(found).toEqual(expected === undefined ? [] : [expected]);
  });
});

describe("banned globals", () => {
  test.each([
    ["server/history/a.ts", "const a = Date.now();", "server/history/a.ts:1: Date.now is banned here: take a Clock"],
    ["server/history/a.ts", "const a = new Date();", "server/history/a.ts:1: new Date() is banned here: take a Clock"],
    ["server/history/a.ts", "const a = new Date(ms);", undefined],
    ["server/history/a.ts", "Math.random()", "server/history/a.ts:1: Math.random is banned here: take a Random"],
    ["rpc/a.ts", "setTimeout(f, 1)", "rpc/a.ts:1: setTimeout is banned here: take Timers"],
    ["rpc/a.ts", "socket.setTimeout(1)", undefined],
    ["rpc/a.ts", "process.env.A", "rpc/a.ts:1: process.env is banned here: take a setting from the caller"],
    ["rpc/a.ts", "// Date.now", undefined],
    ["base/clock.ts", "Date.now()", undefined],
    ["server/main.ts", "process.env.A", undefined],
    ["rpc/a.test.ts", "Date.now()", undefined],
    ["bench/a.ts", "Date.now()", undefined],
  ])("%s: %s", (file, text, expected) => {
    expect(check(bannedGlobals, { [file]: text })).toEqual(expected === undefined ? [] : [expected]);
  });
});

describe("document links", () => {
  const others = { "docs/b.md": "# The store's own page\n", "server/store/store.ts": "" };
  test.each([
    ["[a](b.md)", undefined],
    ["[a](../server/store)", undefined],
    ["[a](../server/store/)", undefined],
    ["[a](https://example.com/x)", undefined],
    ["[a](b.md#the-stores-own-page)", undefined],
    ["`[a](nowhere.md)`", undefined],
    ["[a](nowhere.md)", "docs/a.md:1: links to nowhere.md, which does not exist"],
    ["[a](b.md#gone)", "docs/a.md:1: links to b.md#gone, but docs/b.md has no such heading"],
  ])("%s", (text, expected) => {
    expect(check(documentLinks, { ...others, "docs/a.md": text })).toEqual(expected === undefined ? [] : [expected]);
  });
});

describe("layout", () => {
  test("a product folder without a page is found, and so is a tool's whose parent has none", () => {
    const files = {
      "rpc/http2/a.ts": "",
      "rpc/README.md": "",
      "tools/a/rules/b.ts": "",
      "tools/a/README.md": "",
      "bench/a.ts": "",
    };
    expect(check(folderPages, files)).toEqual([
      "rpc/http2: has no README.md that says what the folder owns",
      "bench: has no README.md that says what the folder owns",
    ]);
  });

  test.each([
    ["server/utils/a.ts", "server/utils/a.ts: lies in a folder called utils: name what it holds"],
    ["server/executionCache.ts", "server/executionCache.ts: is not named in kebab-case"],
    ["server/execution-cache.property.test.ts", undefined],
    ["tests/faults/kills.peers.test.ts", undefined],
    ["api/gen/Whatever.ts", undefined],
  ])("the name %s", (file, expected) => {
    expect(check(fileNames, { [file]: "" })).toEqual(expected === undefined ? [] : [expected]);
  });

  test.each([
    [`export { a } from "./a.ts";\nexport type { B, C } from "./b.ts";\nexport * from "./c.ts";`, undefined],
    [`/** Why. */\nexport * as d from './d.ts';\n`, undefined],
    [`export const a = 1;`, "rpc/index.ts: does more than re-export"],
    [`export * from "./a.ts";\n`.repeat(41), "rpc/index.ts: has 41 lines, the limit is 40"],
  ])("index file %#", (text, expected) => {
    expect(check(indexFiles, { "rpc/index.ts": text })).toEqual(expected === undefined ? [] : [expected]);
  });
});

describe("forbidden text", () => {
  const note = ["TO", "DO"].join("");
  const machine = ["", "home", "someone", "project"].join("/");
  test.each([
    [`// ${note}: later`, `a.ts:1: ${note} is a note to oneself: do it, or write it down in docs/decisions/`],
    [`const a = "${machine}";`, `a.ts:1: ${machine} is a path of one machine`],
    [`see /checkout/a.ts`, "a.ts:1: contains the path of this checkout"],
    [`GET https://example.com${machine}`, undefined],
    [`import "../root/a.ts"`, undefined],
  ])("%s", (text, expected) => {
    expect(check(forbiddenText, { "a.ts": text })).toEqual(expected === undefined ? [] : [expected]);
  });
});
