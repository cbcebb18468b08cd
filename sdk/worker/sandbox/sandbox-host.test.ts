import { beforeAll, describe, expect, test } from "vitest";
import { initialize } from "../../workflow/run-fixture.ts";
import { isWatchdogReady, startWatchdog } from "./watchdog.ts";
import { result, resultOf, sandbox, start } from "./sandbox-fixture.ts";

const LIMIT_MS = 150;

const keepers = ["watchdog", "evaluation"] as const;

/** Until the thread is up, evaluations stand in for it. */
beforeAll(async () => {
  startWatchdog();
  while (!isWatchdogReady()) await new Promise((resolve) => setImmediate(resolve));
});

describe.each(keepers)("code that does not end, with %s", (deadlineKeeper) => {
  const endless: readonly (readonly [name: string, body: string])[] = [
    ["a loop", "for (;;);"],
    ["a loop after an await", "await null; for (;;);"],
    ["a loop of awaits", "for (;;) await null;"],
    ["a loop in a condition", "await condition(() => { for (;;); });"],
    ["a loop while it is disposed of its errors", "try { for (;;); } finally { for (;;); }"],
    ["a pattern that backtracks", "/^(a+)+$/.test('a'.repeat(40) + 'b');"],
  ];

  test.each(endless)("%s fails its task; the worker goes on", async (_, body) => {
    const host = sandbox(
      `import { condition, sleep } from "perdure/workflow";
       export async function endless() { ${body} }
       export async function waits() { await sleep(1); return "fine"; }`,
      { deadlockLimitMs: LIMIT_MS, deadlineKeeper },
    );
    const waiting = await start(host, "waits");
    const { completion, activate } = await start(host, "endless");
    expect(completion).toMatchObject({
      status: "failed",
      failure: { applicationFailureInfo: { type: "DeadlockError" } },
    });
    expect(result(await activate(initialize()))).toMatch(/disposed of/);
    expect(result(await waiting.activate({ kind: "fireTimer", seq: 1 }))).toBe("fine");
    expect(await resultOf(host, "waits")).toEqual(["startTimer"]);
  });

  test("in one batch with others is the only one to fail", async () => {
    const host = sandbox(
      `export async function endless() { for (;;); }
       export async function fine() { return "fine"; }`,
      { deadlockLimitMs: LIMIT_MS, deadlineKeeper },
    );
    const types = ["fine", "endless", "fine", "fine"];
    const results = await Promise.all(types.map((type) => resultOf(host, type)));
    expect(results).toEqual(["fine", expect.stringMatching(/did not yield within 150 ms/), "fine", "fine"]);
  });

  test("while it is loaded keeps the worker from starting", () => {
    const load = () => sandbox("for (;;);", { deadlockLimitMs: LIMIT_MS, deadlineKeeper });
    expect(load).toThrow("did not load within 150 ms");
  });
});

describe("errors", () => {
  const files = {
    "workflows.ts": `import { fail } from "./fail.js";
interface Input { readonly name: string }

export async function fails(input: Input): Promise<void> {
  await null;
  fail(input);
}`,
    "fail.ts": `type Any<T> =
  | T
  | undefined;

export function fail<T>(value: Any<T>): never {
  throw new TypeError(
    \`no: \${String(value)}\`);
}`,
  };

  test("have stacks with the files and lines of the sources", async () => {
    const { completion } = await start(sandbox(files), "fails", { name: "x" });
    const stack = completion.status === "failed" ? completion.failure.stackTrace : "";
    expect(stack).toMatch(/at fail \(.*fail\.ts:6:9\)/);
    expect(stack).toMatch(/at .*fails.*workflows\.ts:6:/);
  });

  test("of a name that a workflow does not have say what to do", async () => {
    const host = sandbox("export async function reads() { return process.env.HOME; }");
    expect(await resultOf(host, "reads")).toMatch(/process is not defined in a workflow: .*activity/);
  });

  test("of a promise that nobody awaits fail the task", async () => {
    const text = `import { sleep } from "perdure/workflow";
      export async function rejects() { void Promise.reject(new Error("nobody listens")); await sleep(1); }`;
    expect(await resultOf(sandbox(text, { deadlockLimitMs: 1_000 }), "rejects")).toMatch(
      /^failed: Unhandled rejection: nobody awaits .* rejects .*\n  error: +Error: nobody listens\n/,
    );
  });

  test("of a promise that nobody awaits fail the next task when nothing is watched", async () => {
    const { completion, activate } = await start(
      sandbox(`import { sleep } from "perdure/workflow";
        export async function rejects() { void Promise.reject(new Error("nobody listens")); await sleep(1); }`),
      "rejects",
    );
    expect(result(completion)).toEqual(["startTimer"]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(result(await activate({ kind: "fireTimer", seq: 1 }))).toMatch(
      /^failed: Unhandled rejection: nobody awaits .* rejects .*\n  error: +Error: nobody listens\n/,
    );
  });
});

test("what is stopped takes nothing of the program with it", async () => {
  const host = sandbox("export async function endless() { for (;;) await null; }", { deadlockLimitMs: LIMIT_MS });
  const seen: string[] = [];
  const others = Array.from({ length: 3 }, async (_, index) => {
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    await Promise.resolve();
    seen.push(`other ${index}`);
  });
  const stopped = Array.from({ length: 3 }, () => resultOf(host, "endless"));
  expect(await Promise.all(stopped)).toEqual(Array.from({ length: 3 }, () => expect.stringContaining("did not yield")));
  await Promise.all(others);
  expect(seen).toHaveLength(3);
});

test("stack traces that are asked for show the sources", async () => {
  const host = sandbox(`import { sleep } from "perdure/workflow";
export async function waits() {
  await sleep(1);
}`);
  const runId = "traced";
  const run = host.createRun({ runId, stackTraces: { isRecorded: true } });
  const activation = { ...ACTIVATION, runId };
  await host.drive(run, { ...activation, jobs: [initialize({ workflowType: "waits" })] });
  const query = {
    kind: "queryWorkflow",
    queryId: "q",
    queryType: "__enhanced_stack_trace",
    arguments: [],
    headers: {},
  } as const;
  const completion = await host.drive(run, { ...activation, jobs: [query] });
  const answer = completion.status === "successful" ? completion.commands[0] : undefined;
  if (answer?.kind !== "respondToQuery" || answer.result.status !== "succeeded") throw new Error("no answer");
  const trace = JSON.parse(new TextDecoder().decode(answer.result.response.data ?? new Uint8Array())) as {
    sources: Record<string, { content: string }[]>;
    stacks: { locations: { file_path: string; line: number; internal_code: boolean }[] }[];
  };
  const [file] = Object.keys(trace.sources).filter((path) => path.endsWith("workflows.ts"));
  expect(trace.sources[file ?? ""]?.[0]?.content).toContain("await sleep(1);");
  const shown = trace.stacks[0]?.locations.filter((location) => !location.internal_code);
  expect(shown?.map(({ line }) => line)).toContain(3);
});

test("log lines and sink calls come out as data of the process", async () => {
  const host = sandbox(`import { log } from "perdure/workflow";
    export async function logs() { log.info("hello", { at: new Date(5), list: [new Map([[1, 2]])] }); console.warn("%s!", "careful"); }`);
  const { run } = await start(host, "logs");
  const calls = run.takeSinkCalls().filter(({ fnName }) => fnName !== "debug");
  expect(calls.map(({ fnName, args }) => [fnName, args[0]])).toEqual([
    ["info", "hello"],
    ["warn", "careful!"],
  ]);
  expect(calls[0]?.args[1]).toMatchObject({ at: new Date(5), list: [new Map([[1, 2]])] });
});

const ACTIVATION = {
  nowMs: 1_700_000_000_000,
  isReplaying: false,
  historyLength: 3,
  historySizeBytes: 100,
  continueAsNewSuggested: false,
  suggestContinueAsNewReasons: [],
  targetWorkerDeploymentVersionChanged: false,
  deploymentVersionForCurrentTask: undefined,
  availableInternalFlags: [],
  lastSdkVersion: "",
} as const;

describe.each(keepers)("many activations in a row, with %s", (deadlineKeeper) => {
  const text = `import { sleep } from "perdure/workflow";
    export async function ticks(loopAt: number) {
      for (let n = 0; ; n++) { if (n === loopAt) for (;;); await sleep(1); }
    }`;

  async function drivenThrough(loopAt: number) {
    const host = sandbox(text, { deadlockLimitMs: LIMIT_MS, deadlineKeeper });
    const { run } = await start(host, "ticks", loopAt);
    let seq = 0;
    const last = await host.driveThrough(run, () => {
      const jobs = [{ kind: "fireTimer", seq: ++seq } as const];
      const completion = host.drive(run, { ...ACTIVATION, runId: "any", jobs });
      expect(completion).toMatchObject({ status: "successful", commands: [{ kind: "startTimer", seq: seq + 1 }] });
      return seq < 500;
    });
    return { seq, last };
  }

  test("are answered at once within one deadline each", async () => {
    expect(await drivenThrough(-1)).toEqual({ seq: 500, last: undefined });
  });

  test("end with the one that does not end", async () => {
    expect(await drivenThrough(20)).toMatchObject({ seq: 20, last: { status: "failed" } });
  });

  test("reject with what a step throws", async () => {
    const host = sandbox(text, { deadlockLimitMs: LIMIT_MS, deadlineKeeper });
    const { run } = await start(host, "ticks", -1);
    const driven = host.driveThrough(run, () => {
      throw new Error("mine");
    });
    await expect(driven).rejects.toThrow("mine");
    expect(host.drive(run, { ...ACTIVATION, runId: "any", jobs: [] })).toBeInstanceOf(Promise);
  });
});
