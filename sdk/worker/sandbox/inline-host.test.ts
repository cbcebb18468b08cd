import { readFile } from "node:fs/promises";
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { condition, defineSignal, setHandler, sleep, uuid4, workflowInfo } from "../../workflow/index.ts";
import { InlineHost } from "./inline-host.ts";
import { result, resultOf, start } from "./sandbox-fixture.ts";

const violations: string[] = [];

function inline(workflows: Record<string, unknown>): InlineHost {
  const host = new InlineHost({ workflows, onViolation: (_, error) => violations.push(error.message) });
  onTestFinished(() => host.close());
  return host;
}

const go = defineSignal("go");

describe("an inline workflow", () => {
  test("runs as a function of the program", async () => {
    let called = 0;
    const host = inline({
      async greet(name: string) {
        called++;
        await sleep(10);
        return `hello ${name} from ${workflowInfo().workflowType}`;
      },
    });
    expect(host.workflowTypes).toEqual(new Set(["greet"]));
    const { completion, activate } = await start(host, "greet", "Ann");
    expect(result(completion)).toEqual(["startTimer"]);
    expect(result(await activate({ kind: "fireTimer", seq: 1 }))).toBe("hello Ann from greet");
    expect(called).toBe(1);
  });

  const deterministic: readonly (readonly [name: string, read: () => unknown])[] = [
    ["Date.now", () => Date.now()],
    ["new Date", () => new Date().getTime()],
    ["Date as a function", () => Date()],
    ["Math.random", () => Math.random()],
    ["crypto.randomUUID", () => crypto.randomUUID()],
    ["performance.now", () => performance.now()],
    ["uuid4", () => uuid4()],
  ];

  test.each(deterministic)("sees the same %s each time it is replayed, which no other code sees", async (_, read) => {
    const host = inline({ reads: async () => [read(), await Promise.resolve(null), read()] });
    const first = await resultOf(host, "reads");
    expect(first).toEqual([expect.anything(), null, expect.anything()]);
    expect(await resultOf(host, "reads")).toEqual(first);
    if (read.toString().includes("uuid4")) expect(read).toThrow("works only in a workflow");
    else expect(read()).not.toEqual((first as unknown[])[0]);
  });

  test.each([
    ["fetch", () => fetch("http://127.0.0.1:1/"), "activity"],
    ["setInterval", () => setInterval(() => {}, 1), "sleep"],
    ["setImmediate", () => setImmediate(() => {}), "sleep"],
  ])("may not call %s", async (_, call, advice) => {
    const host = inline({ calls: async () => void (await call()) });
    expect(await resultOf(host, "calls")).toContain(advice);
  });

  test("waits with setTimeout on a timer of the workflow", async () => {
    const host = inline({ waits: () => new Promise((resolve) => setTimeout(() => resolve("done"), 1_000)) });
    const { completion, activate } = await start(host, "waits");
    expect(result(completion)).toEqual(["startTimer"]);
    expect(result(await activate({ kind: "fireTimer", seq: 1 }))).toBe("done");
  });

  test("that rejects a promise which nobody awaits fails its task", async () => {
    const host = inline({
      async rejects() {
        void Promise.reject(new Error("nobody listens"));
        await sleep(1);
      },
    });
    const told = await resultOf(host, "rejects");
    expect(told).toContain("failed: Unhandled rejection: nobody awaits a promise of workflow rejects");
    expect(told).toContain("Error: nobody listens");
  });

  test("that throws fails its task, and another run goes on", async () => {
    const host = inline({
      fails: async () => JSON.parse("{"),
      works: async () => "fine",
    });
    expect(await resultOf(host, "fails")).toMatch(/^failed: .*JSON/);
    expect(await resultOf(host, "works")).toBe("fine");
  });

  test("of an unknown type fails with the names there are", async () => {
    expect(await resultOf(inline({ one: async () => 1 }), "two")).toContain("one");
  });
});

describe("a promise that is not the workflow's", () => {
  test("is noticed when the run then calls the API", async () => {
    violations.length = 0;
    const noticed = Promise.withResolvers<void>();
    const host = new InlineHost({
      workflows: {
        async reads() {
          setHandler(go, () => {});
          await readFile(import.meta.filename);
          await sleep(1);
        },
      },
      onViolation: () => noticed.resolve(),
    });
    onTestFinished(() => host.close());
    const { activate } = await start(host, "reads");
    await noticed.promise;
    const signal = { kind: "signalWorkflow", signalName: "go", input: [], identity: "", headers: {} } as const;
    expect(result(await activate(signal))).toMatch(/^failed: .*went on outside of its tasks/);
  });

  test("is noticed when the run ends after it", async () => {
    const noticed = Promise.withResolvers<Error>();
    const workflows = { reads: async () => (await readFile(import.meta.filename)).length };
    const host = new InlineHost({ workflows, onViolation: (_, error) => noticed.resolve(error) });
    onTestFinished(() => host.close());
    expect(result((await start(host, "reads")).completion)).toEqual([]);
    expect((await noticed.promise).message).toContain("Do that in an activity");
  });

  test("of another run's time does not mix their commands", async () => {
    const gate = Promise.withResolvers<void>();
    const host = inline({
      async waits() {
        await gate.promise;
        await sleep(1);
      },
      async opens() {
        gate.resolve();
        await condition(() => false, 5);
      },
    });
    await start(host, "waits");
    expect(result((await start(host, "opens")).completion)).toEqual(["startTimer"]);
  });
});

test("runs of two hosts are driven one after the other", async () => {
  const draws = async (): Promise<number[]> => [Math.random(), await Promise.resolve(Math.random()), Math.random()];
  const hosts = [inline({ draws }), inline({ draws })];
  const alone = await resultOf(hosts[0] as InlineHost, "draws");
  const together = await Promise.all(hosts.map((host) => resultOf(host, "draws")));
  expect(together).toEqual([alone, alone]);
});

test("code beside the runs keeps its clock and may not use the API, also while a run is driven", async () => {
  const before = Date.now();
  const seen: unknown[] = [];
  const host = inline({ works: async () => Date.now() });
  const other = (async () => {
    await turn();
    seen.push(Date.now() >= before);
    seen.push(
      (() => {
        try {
          return uuid4();
        } catch {
          return "refused";
        }
      })(),
    );
  })();
  await Promise.all([other, ...Array.from({ length: 5 }, () => start(host, "works"))]);
  expect(seen).toEqual([true, "refused"]);
});

test("the globals are as before when the last host is closed", () => {
  const real = [Date, globalThis.setTimeout, fetch, Math.random, Date.prototype.constructor];
  const host = new InlineHost({ workflows: {} });
  expect(Date).not.toBe(real[0]);
  host.close();
  expect([Date, globalThis.setTimeout, fetch, Math.random, Date.prototype.constructor]).toEqual(real);
});
