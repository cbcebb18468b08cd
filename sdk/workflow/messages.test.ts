import { expect, test } from "vitest";
import { ApplicationFailure, defaultPayloadConverter, type Payload, type ProtoFailure } from "../common/index.ts";
import type { ActivationCompletion, ActivationJob, DoUpdate, WorkflowCommand } from "./activation.ts";
import * as wf from "./index.ts";
import { initialize, testRun } from "./run-fixture.ts";

const json = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);

function signal(signalName: string, ...args: unknown[]): ActivationJob {
  return { kind: "signalWorkflow", signalName, input: args.map(json), identity: "", headers: {} };
}

function query(queryType: string, ...args: unknown[]): ActivationJob {
  return { kind: "queryWorkflow", queryId: "q", queryType, arguments: args.map(json), headers: {} };
}

function update(name: string, input: readonly unknown[], runValidator = true): DoUpdate {
  return {
    kind: "doUpdate",
    id: `id-${name}`,
    protocolInstanceId: `protocol-${name}`,
    name,
    input: input.map(json),
    headers: {},
    identity: "",
    runValidator,
  };
}

function responses(commands: readonly WorkflowCommand[]): unknown[] {
  return commands.flatMap((command) => (command.kind === "updateResponse" ? [command.response] : []));
}

async function answerOf(run: ReturnType<typeof testRun>, job: ActivationJob): Promise<unknown> {
  const commands = await run.activate(job);
  expect(commands).toHaveLength(1);
  const [command] = commands;
  if (command?.kind !== "respondToQuery") throw new Error("no answer");
  const { result } = command;
  return result.status === "failed" ? result.failure.message : defaultPayloadConverter.fromPayload(result.response);
}

test("signals wait for their handlers, in order, and a default handler takes the rest", async () => {
  const seen: unknown[] = [];
  const run = testRun(async () => {
    await wf.sleep(1);
    wf.setHandler(wf.defineSignal<[number]>("a"), (n) => void seen.push(["a", n]));
    wf.setDefaultSignalHandler((name, ...args) => void seen.push(["default", name, args]));
    await wf.condition(() => false);
  });
  await run.activate(initialize(), signal("b", 1), signal("a", 2));
  await run.activate(signal("a", 3));
  expect(seen).toEqual([]);
  await run.activate({ kind: "fireTimer", seq: 1 });
  expect(seen).toEqual([
    ["a", 2],
    ["a", 3],
    ["default", "b", [1]],
  ]);
});

test("an update is validated, accepted and completed; a replayed one is not validated again", async () => {
  const validated: unknown[] = [];
  const run = testRun(async () => {
    wf.setHandler(wf.defineUpdate<number, [number]>("double"), async (n) => n * 2, {
      validator(n) {
        validated.push([n, wf.currentUpdateInfo()]);
        if (n < 0) throw new Error("negative");
      },
    });
    await wf.condition(() => false);
  });
  await run.start();
  expect(responses(await run.activate(update("double", [2])))).toEqual([
    { status: "accepted" },
    { status: "completed", result: json(4) },
  ]);
  expect(responses(await run.activate(update("double", [-1])))).toMatchObject([
    { status: "rejected", failure: { message: "negative" } },
  ]);
  expect(responses(await run.activate(update("double", [-1], false)))).toHaveLength(2);
  expect(validated).toEqual([
    [2, { id: "id-double", name: "double" }],
    [-1, { id: "id-double", name: "double" }],
  ]);
});

test("an update that fails after it was accepted fails alone; one without a handler is rejected", async () => {
  const run = testRun(async () => {
    wf.setHandler(wf.defineUpdate("fail"), () => {
      throw ApplicationFailure.nonRetryable("no stock");
    });
    await wf.condition(() => false);
  });
  await run.start();
  expect(responses(await run.activate(update("fail", []), update("unknown", [])))).toMatchObject([
    { status: "accepted" },
    { status: "failed", failure: { message: "no stock" } },
    {
      status: "rejected",
      failure: { message: "No registered handler for update: unknown. Registered updates: [fail]" },
    },
  ]);
});

test("an update that comes with the start finds the handler that the workflow sets", async () => {
  const run = testRun(async () => {
    wf.setDefaultUpdateHandler((name, ...args) => [name, args]);
    await wf.condition(() => false);
  });
  expect(responses(await run.activate(initialize(), update("any", [1])))).toEqual([
    { status: "accepted" },
    { status: "completed", result: json(["any", [1]]) },
  ]);
});

test("queries answer, and say what is wrong with them", async () => {
  const run = testRun(async () => {
    wf.setHandler(wf.defineQuery<number, [number]>("plus"), (n) => n + 1, { description: "adds one" });
    wf.setHandler(wf.defineQuery<any>("promise"), async () => 1);
    wf.setHandler(wf.defineQuery<any>("throws"), () => {
      throw new TypeError("broken");
    });
    wf.setHandler(wf.defineQuery<any>("commands"), () => void wf.patched("p"));
    wf.setCurrentDetails("half way");
    await wf.condition(() => false);
  });
  await run.start();
  expect(await answerOf(run, query("plus", 2))).toBe(3);
  expect(await answerOf(run, query("promise"))).toContain("Query handlers should not return a Promise");
  expect(await answerOf(run, query("throws"))).toBe("broken");
  expect(await answerOf(run, query("commands"))).toContain("only look at the workflow's state");
  expect(await answerOf(run, query("nope"))).toBe(
    "Workflow did not register a handler for nope. Registered queries: " +
      "[__stack_trace __enhanced_stack_trace __temporal_workflow_metadata commands plus promise throws]",
  );
  expect(await answerOf(run, query("__temporal_workflow_metadata"))).toMatchObject({
    currentDetails: "half way",
    definition: {
      type: "test",
      queryDefinitions: expect.arrayContaining([{ name: "plus", description: "adds one" }]) as unknown,
    },
  });
});

test("a workflow that ends with handlers at work says so in the log", async () => {
  const run = testRun(async () => {
    wf.setHandler(wf.defineSignal("slow"), () => wf.sleep(1));
    wf.setHandler(wf.defineSignal("abandoned"), () => wf.sleep(1), { unfinishedPolicy: "ABANDON" });
    wf.setHandler(wf.defineUpdate("work"), () => wf.sleep(1));
    await wf.condition(() => !wf.allHandlersFinished());
  });
  await run.activate(initialize(), signal("slow"), signal("abandoned"), update("work", []));
  const warnings = run.sinkCalls.filter(({ fnName }) => fnName === "warn").map(({ args }) => String(args[0]));
  expect(warnings).toHaveLength(2);
  expect(warnings[0]).toMatch(/^\[TMPRL1102\] .*update handlers.*\[\{"name":"work","id":"id-work"\}\]$/);
  expect(warnings[1]).toMatch(/^\[TMPRL1102\] .*signal handlers.*\[\{"name":"slow","count":1\}\]$/);
});

const UNREADABLE: Payload = {
  metadata: { encoding: new TextEncoder().encode("json/plain") },
  data: new TextEncoder().encode("{oh"),
};

/** As the official worker answers, on a real server. */
test.each([
  ["signal", "a signal fails the task, which is tried again until it can be read", "task failed"],
  ["update", "an update is rejected", "rejected"],
  ["query", "a query fails", "failed"],
])("with arguments that cannot be read, %s: %s", async (kind, _, expected) => {
  const run = testRun(async () => {
    wf.setHandler(wf.defineSignal<[number]>("signal"), () => {});
    wf.setHandler(wf.defineUpdate<void, [number]>("update"), () => {});
    wf.setHandler(wf.defineQuery<number, [number]>("query"), (n) => n);
    await wf.condition(() => false);
  });
  await run.start();
  const jobs: Record<string, ActivationJob> = {
    signal: { ...signal("signal"), input: [UNREADABLE] } as ActivationJob,
    update: { ...update("update", []), input: [UNREADABLE] },
    query: { ...query("query"), arguments: [UNREADABLE] } as ActivationJob,
  };
  const completion = await run.complete({}, jobs[kind] as ActivationJob);
  expect(outcomeOf(completion)).toBe(expected);
});

function outcomeOf(completion: ActivationCompletion): string {
  const told = failureTold(completion);
  expect(told?.failure.message).toContain("in JSON at position 1");
  return told?.outcome ?? "";
}

function failureTold(completion: ActivationCompletion): Told | undefined {
  if (completion.status === "failed") return { outcome: "task failed", failure: completion.failure };
  const [command] = completion.commands;
  if (command?.kind === "updateResponse" && command.response.status === "rejected")
    return { outcome: "rejected", failure: command.response.failure };
  if (command?.kind === "respondToQuery" && command.result.status === "failed")
    return { outcome: "failed", failure: command.result.failure };
  return undefined;
}

interface Told {
  readonly outcome: string;
  readonly failure: ProtoFailure;
}
