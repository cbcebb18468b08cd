/** Ways out of a run: into the process, and into another run. */
import { describe, expect, test } from "vitest";
import { result, resultOf, sandbox, start } from "./sandbox-fixture.ts";

/** Each is an expression that a run evaluates; true means that the way is closed. */
const closed: readonly (readonly [way: string, expression: string])[] = [
  ["process is not there", "typeof process === 'undefined'"],
  ["require is not global", "typeof globalThis.require === 'undefined'"],
  ["Buffer is not there", "typeof Buffer === 'undefined'"],
  ["global is not there", "typeof global === 'undefined'"],
  ["performance is not there", "typeof performance === 'undefined'"],
  ["shared memory is not there", "typeof SharedArrayBuffer + typeof Atomics === 'undefinedundefined'"],
  ["WebAssembly is not there", "typeof WebAssembly === 'undefined'"],
  ["Function does not compile text", "fails(() => Function('return 1')())"],
  ["eval does not compile text", "fails(() => (0, eval)('1'))"],
  ["async functions do not compile text", "fails(() => (async () => {}).constructor('return 1'))"],
  ["the constructor of an argument is ours", "outside(args)"],
  ["the constructor of a nested argument is ours", "outside(args[0].list[0])"],
  ["the workflow's info is ours", "outside(workflowInfo())"],
  ["dates of the workflow's info are ours", "outside(workflowInfo().startTime)"],
  ["an error of the library is ours", "outside(caught(() => new ApplicationFailure(1, 2, Symbol())) ?? {})"],
  ["an error of URL is ours", "outside(caught(() => new URL('nonsense')))"],
  ["a URL is ours", "outside(new URL('https://a.example/b')) && outside(new URL('https://a.example/b').searchParams)"],
  ["bytes of TextEncoder are ours", "outside(new TextEncoder().encode('ä'.repeat(100)))"],
  [
    "an error of TextDecoder is ours",
    "outside(caught(() => new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([255]))))",
  ],
  ["setTimeout is ours", "outside(setTimeout)"],
  ["console is ours", "outside(console) && outside(console.log)"],
  ["crypto is ours", "outside(crypto) && outside(crypto.getRandomValues(new Uint8Array(4)))"],
  [
    "AsyncLocalStorage is ours",
    "outside(new AsyncLocalStorage()) && Object.keys(new AsyncLocalStorage()).length === 0",
  ],
  ["an import that is computed is ours", "outside(await import(String(args[0].text)).catch((error) => error))"],
  ["a stack overflow is ours", "outside(caught(function again() { again(); }))"],
  ["prepareStackTrace sees no frames", "framesSeen() === undefined"],
  ["the global object's prototype leads nowhere", "outside(Object.getPrototypeOf(globalThis))"],
  ["a class that the library itself does not use is frozen", "Object.isFrozen(Trigger.prototype)"],
  ["functions have no caller", "fails(() => (function f() { return f.caller; })())"],
];

/** The host's Function would make this `process`; ours refuses to compile. */
const preamble = `
import { ApplicationFailure, workflowInfo, AsyncLocalStorage, Trigger } from "@temporalio/workflow";
function caught(fn) { try { fn(); } catch (error) { return error; } }
function fails(fn) { try { fn(); return false; } catch { return true; } }
function outside(value) {
  for (let at = value; at !== null && at !== undefined; at = Object.getPrototypeOf(at)) {
    const maker = at.constructor?.constructor;
    if (typeof maker === "function" && !fails(() => maker("return process")())) return false;
  }
  return true;
}
function framesSeen() {
  let seen;
  try { Error.prepareStackTrace = (error, frames) => { seen = frames; return ""; }; } catch {}
  new Error("x").stack;
  return seen;
}
`;

describe("ways into the process are closed", () => {
  test.each(closed)("%s", async (_, expression) => {
    const host = sandbox(`${preamble}
      export async function way(...args: unknown[]) { return ${expression}; }`);
    expect(await resultOf(host, "way", { list: [{}], text: "node:fs" })).toBe(true);
  });
});

/** The first run does something, the second looks for it: what it answers must be as if there had been no first. */
const leaks: readonly (readonly [name: string, first: string, second: string, expected: unknown])[] = [
  ["a module's variable", "counter++", "counter", 0],
  ["a variable of an imported module", "bump()", "imported", 0],
  ["a new global", "globalThis.mine = 1", "typeof mine + ('mine' in globalThis)", "undefinedfalse"],
  ["a global without declaration", "sloppy()", "typeof undeclared", "undefined"],
  ["a global by defineProperty", "Object.defineProperty(globalThis, 'mine', { value: 1 })", "typeof mine", "undefined"],
  ["a global by Reflect", "Reflect.defineProperty(globalThis, 'mine', { value: 1 })", "typeof mine", "undefined"],
  ["a replaced global", "globalThis.Date = 5", "typeof Date", "function"],
  ["a replaced web class", "globalThis.URL = 5", "typeof URL", "function"],
  ["a replaced name of the language", "quietly(() => { globalThis.Math = 5 })", "typeof Math", "object"],
  ["a replaced promise", "globalThis.Promise = 5", "typeof Promise", "function"],
  ["a method of objects", "quietly(() => { Object.prototype.mine = 1 })", "typeof ({}).mine", "undefined"],
  ["a method of arrays", "quietly(() => { Array.prototype.push = 1 })", "typeof [].push", "function"],
  [
    "a method of promises",
    "quietly(() => { Promise.prototype.then = 1 })",
    "typeof Promise.prototype.then",
    "function",
  ],
  ["a method of Math", "quietly(() => { Math.max = 1 })", "typeof Math.max", "function"],
  ["JSON.stringify", "quietly(() => { JSON.stringify = 1 })", "typeof JSON.stringify", "function"],
  [
    "a method of generators",
    "quietly(() => { Object.getPrototypeOf(function* () {}).prototype.mine = 1 })",
    "typeof (function* () {})().mine",
    "undefined",
  ],
  [
    "a method of iterators",
    "quietly(() => { Object.getPrototypeOf([].values()).next = 1 })",
    "typeof [].values().next",
    "function",
  ],
  [
    "a prototype's prototype",
    "quietly(() => Object.setPrototypeOf(Map.prototype, Set.prototype))",
    "new Map() instanceof Set",
    false,
  ],
  ["a library's export", "quietly(() => { library.sleep = 1 })", "typeof library.sleep", "function"],
  [
    "a property of a library's function",
    "quietly(() => { library.sleep.mine = 1 })",
    "typeof library.sleep.mine",
    "undefined",
  ],
  [
    "a method of a library's class",
    "quietly(() => { library.ApplicationFailure.prototype.mine = 1 })",
    "typeof library.ApplicationFailure.prototype.mine",
    "undefined",
  ],
  ["a method of a web class", "quietly(() => { Headers.prototype.get = 1 })", "typeof new Headers().get", "function"],
  ["an addition to Reflect", "Reflect.mine = 1", "typeof Reflect.mine", "undefined"],
  ["an addition to Error", "quietly(() => { Error.mine = 1 })", "typeof Error.mine", "undefined"],
  ["the depth of stacks", "Error.stackTraceLimit = 0", "Error.stackTraceLimit", 10],
  ["the last match of a pattern", "/s(ecre)t/.test('secret')", "RegExp.$1 ?? RegExp.lastMatch ?? 'none'", "none"],
];

describe("a run sees nothing of another", () => {
  test.each(leaks)("%s", async (_, first, second, expected) => {
    const host = sandbox({
      "workflows.ts": `
        import * as library from "@temporalio/workflow";
        import { imported, bump } from "./imported.ts";
        import { sloppy } from "./sloppy.cjs";
        let counter = 0;
        function quietly(fn) { try { fn(); } catch {} }
        export async function first() { ${first}; return "done"; }
        export async function second() { return ${second}; }`,
      "imported.ts": "export let imported = 0; export function bump() { imported++; }",
      "sloppy.cjs": "exports.sloppy = function () { undeclared = 1; };",
    });
    expect(await resultOf(host, "first")).toBe("done");
    expect(await resultOf(host, "second")).toEqual(expected);
  });

  test("while a run's own globals stay its own, through all its activations", async () => {
    const host = sandbox(`
      import { sleep } from "perdure/workflow";
      export async function keeps() {
        globalThis.mine = 7;
        Date.now();
        globalThis.Date = { now: () => "replaced" };
        Reflect.added = "yes";
        await sleep(1);
        return [mine, globalThis.mine, "mine" in globalThis, Date.now(), Reflect.added, delete globalThis.other];
      }
      export async function looks() { return [typeof mine, typeof Date.now(), typeof Reflect.added]; }`);
    const { activate } = await start(host, "keeps");
    expect(await resultOf(host, "looks")).toEqual(["undefined", "number", "undefined"]);
    expect(result(await activate({ kind: "fireTimer", seq: 1 }))).toEqual([7, 7, true, "replaced", "yes", true]);
  });
});

/** What a frozen prototype would forbid by JavaScript's rules, and code does every day. */
const legal: readonly (readonly [name: string, body: string, expected: unknown])[] = [
  ["a class overrides toString", "class A { toString() { return 'mine'; } } return String(new A())", "mine"],
  [
    "an old class overrides toString",
    "function A() {} A.prototype.toString = () => 'mine'; return String(new A())",
    "mine",
  ],
  ["an object is given a toString", "const o = {}; o.toString = () => 'mine'; return String(o)", "mine"],
  ["an object has a field named constructor", "const o = {}; o.constructor = 1; return o", { constructor: 1 }],
  [
    "an old error names itself",
    "function E() {} E.prototype = Object.create(Error.prototype); E.prototype.constructor = E; E.prototype.name = 'E'; return new E().name",
    "E",
  ],
  [
    "an error is renamed",
    "const e = new TypeError('x'); e.name = 'Mine'; e.message = 'y'; return String(e)",
    "Mine: y",
  ],
  [
    "an extended library error overrides what it inherits",
    "class E extends ApplicationFailure { constructor() { super('x'); this.message = 'E'; this.toString = () => 'E'; } } return String(new E())",
    "E",
  ],
  ["an array is given a push", "const a = []; a.push = () => 'mine'; return a.push(1)", "mine"],
  ["a function is given a toString", "const f = () => {}; f.toString = () => 'mine'; return String(f)", "mine"],
  [
    "a null table has any name",
    "const t = Object.create(null); t.toString = 1; t.__proto__ = 2; return Object.keys(t)",
    ["toString", "__proto__"],
  ],
  [
    "fields from JSON have any name",
    'return Object.keys({ ...JSON.parse(\'{"valueOf":1,"hasOwnProperty":2}\') })',
    ["valueOf", "hasOwnProperty"],
  ],
  [
    "assign copies any name",
    "return Object.assign({}, { toString: 1, constructor: 2 })",
    { toString: 1, constructor: 2 },
  ],
  ["the depth of stacks is set", "Error.stackTraceLimit = 50; return Error.stackTraceLimit", 50],
];

describe("frozen intrinsics do not forbid", () => {
  test.each(legal)("%s", async (_, body, expected) => {
    const host = sandbox(`import { ApplicationFailure } from "@temporalio/workflow";
      export async function legal() { ${body}; }`);
    expect(await resultOf(host, "legal")).toEqual(expected);
  });
});

test("a realm for each run gives the same, and shares nothing at all", async () => {
  const host = sandbox("let n = 0; export async function count() { return ++n; }", { realms: "perRun" });
  expect(await resultOf(host, "count")).toBe(1);
  expect(await resultOf(host, "count")).toBe(1);
});
