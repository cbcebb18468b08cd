import { createContext, runInContext } from "node:vm";
import { expect, test } from "vitest";
import { installGlobals } from "./globals.ts";
import * as wf from "./index.ts";
import { testRun } from "./run-fixture.ts";

/** Evaluates in a context with the globals of workflow code. */
function sandbox(): (code: string) => any {
  const context = createContext({});
  installGlobals(runInContext("globalThis", context) as typeof globalThis, "refuse");
  return (code) => runInContext(code, context) as unknown;
}

async function inRun(evaluate: () => unknown): Promise<unknown> {
  let value: unknown;
  await testRun(async () => {
    value = evaluate();
  }).start();
  return value;
}

test("time is that of the workflow task", async () => {
  const code = sandbox();
  expect(
    await inRun(() => code("[Date.now(), new Date().getTime(), new Date(5).getTime(), Date.UTC(1970, 0, 2)]")),
  ).toEqual([1_700_000_000_000, 1_700_000_000_000, 5, 86_400_000]);
  expect(
    await inRun(() =>
      code("[new Date() instanceof Date, Date().slice(0, 3), Date.name, new Date().constructor === Date]"),
    ),
  ).toEqual([true, "Tue", "Date", true]);
  expect(await inRun(() => code("class Day extends Date {}; new Day() instanceof Day && new Day().getTime()"))).toBe(
    1_700_000_000_000,
  );
});

test("random numbers, UUIDs and bytes are the run's", async () => {
  const code = sandbox();
  const draw = "[Math.random(), crypto.randomUUID(), [...crypto.getRandomValues(new Uint8Array(4))]]";
  expect(await inRun(() => code(draw))).toEqual(await inRun(() => code(draw)));
  expect(await inRun(() => code("crypto.randomUUID()"))).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab]/);
});

test("setTimeout starts a timer, and clearTimeout cancels it", async () => {
  const code = sandbox();
  const fired: unknown[] = [];
  const run = testRun(async () => {
    code("setTimeout")((...args: unknown[]) => fired.push(args), 1000, "a", "b");
    const cleared = code("setTimeout")(() => fired.push("never"), 5) as number;
    code("clearTimeout")(cleared);
    await wf.condition(() => false);
  });
  expect(await run.start()).toMatchObject([
    { kind: "startTimer", seq: 1, startToFireTimeoutMs: 1000 },
    { kind: "startTimer", seq: 2, startToFireTimeoutMs: 5 },
    { kind: "cancelTimer", seq: 2 },
  ]);
  await run.activate({ kind: "fireTimer", seq: 1 });
  expect(fired).toEqual([["a", "b"]]);
});

test.each([
  ["fetch('x')", "call it in an activity"],
  ["setInterval(() => 0, 1)", "use a loop with `await sleep(…)`"],
  ["new WeakRef({})", "use a plain reference"],
  ["new FinalizationRegistry(() => 0)", "clean up explicitly"],
  ["crypto.subtle", "use it in an activity"],
])("%s is refused with advice", async (expression, advice) => {
  const code = sandbox();
  const message = await inRun(() => {
    try {
      return code(expression);
    } catch (error) {
      return (error as Error).message;
    }
  });
  expect(message).toContain(advice);
});

test("outside of a run they do not work, unless code there is to have the real ones", () => {
  const code = sandbox();
  expect(() => code("Math.random()")).toThrow("Math.random() works only in a workflow");
  const target = { Date, Math: Object.create(Math) as Math, setTimeout, clearTimeout } as unknown as typeof globalThis;
  const { constructor } = Date.prototype;
  installGlobals(target, "real");
  Reflect.set(Date.prototype, "constructor", constructor);
  expect(target.Date.now()).toBeGreaterThan(1_700_000_000_000);
  expect(target.Math.random()).toBeLessThan(1);
});
