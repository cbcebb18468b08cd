import { join } from "node:path";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { startServer } from "../../../server/server.ts";
import { Client } from "../../client/index.ts";
import type { WorkflowHandle } from "../../client/index.ts";
import { Connection } from "../../connection/index.ts";
import { failureFromBytes } from "../../common/host/wire-failure.ts";
import { proxyActivities, sleep } from "../../workflow/index.ts";
import { tree } from "../sandbox/sandbox-fixture.ts";
import { Worker } from "../index.ts";

const HEAD = `import { condition, proxyActivities, proxyLocalActivities, sleep, startChild } from "perdure/workflow";
const remote = proxyActivities({ startToCloseTimeout: "1m" });
const local = proxyLocalActivities({ startToCloseTimeout: "1m" });
async function pay(what) {
  await what();
}
export async function order() {
`;

const WAITS_A_DAY = `${HEAD}  await sleep("1 day");
}`;

function codeOf(workflows: string): string {
  return join(tree({ "workflows.ts": workflows }), "workflows.ts");
}

async function open() {
  const server = await startServer({ data: { kind: "memory" } });
  const connection = await Connection.connect({ address: server.address });
  const close = async () => {
    await connection.close();
    await server[Symbol.asyncDispose]();
  };
  return { connection, client: new Client({ connection }), close };
}

/** Messages of the workflow tasks that failed. */
async function failuresOf(handle: WorkflowHandle): Promise<unknown[]> {
  const { events } = await handle.fetchHistory();
  return events.flatMap(({ workflowTaskFailedEventAttributes: failed }) =>
    failed?.failure === undefined ? [] : [failureFromBytes(failed.failure).message],
  );
}

let history: unknown;

beforeAll(async () => {
  const { connection, client, close } = await open();
  const order = () => sleep(1);
  const worker = await Worker.create({ connection, taskQueue: "q", workflows: { order } });
  await worker.runUntil(client.workflow.execute("order", { workflowId: "one", taskQueue: "q" }));
  history = await client.workflow.getHandle("one").fetchHistory();
  await close();
});

test.each([
  [
    "another activity",
    "  await pay(() => remote.charge());",
    [/scheduleActivity .*charge/, /at .*workflows\.ts:9:\d+/],
  ],
  [
    "a helper function",
    "  await pay(() => pay(remote.charge));",
    [/scheduleActivity/, /at pay \(.*workflows\.ts:5:\d+/],
  ],
  [
    "what follows an await",
    "  await null;\n  await startChild('c');",
    [/startChild/, /at .*order \(.*workflows\.ts:10:\d+/],
  ],
  [
    "a command that is gone",
    "  await condition(() => false);",
    [/no command: it waits/, /at order \(.*workflows\.ts:9:\d+/],
  ],
  [
    "a promise of the code's own",
    "  await pay(() => Promise.all([new Promise(() => {})]));",
    [/no command: it waits/, /at .*workflows\.ts:9:\d+/],
  ],
])("the error has the line of %s", async (_, body, [command, place]) => {
  const workflowsPath = codeOf(`${HEAD}${`\n${body}`}\n}`);
  const replay = Worker.runReplayHistory({ workflowsPath }, history, "one");
  const message = await replay.then(String, (error: Error) => error.message);
  const [first, event, code, site, ...rest] = message.split("\n");
  expect(first).toContain("does not do again");
  expect(event).toMatch(/history: 5 TimerStarted timerId "1"/);
  expect(code).toMatch(command as RegExp);
  expect(site).toMatch(place as RegExp);
  expect(rest.at(-1)).toContain("patched()");
});

test.each([
  [
    "an asynchronous function",
    "  void fails();",
    /error: +TypeError: on purpose\n +at fails \(.*:10:/,
    /at order \(.*:8:/,
  ],
  ["a promise", "  void Promise.reject('text');", /error: +text\n/, /at order \(.*:8:/],
  ["a chain", "  fails().then(() => {});", /TypeError: on purpose\n/, /at order \(.*:8:/],
  ["a helper", "  await pay(async () => void fails());", /TypeError/, /at .*:8:.*\n +at pay \(.*:5:/],
])("an error that nobody awaits has the line that made %s", async (_, body, error, promise) => {
  const fails = "async function fails() {\n  throw new TypeError('on purpose'); }";
  const workflowsPath = codeOf(`${HEAD}${body} await sleep(1); }\n${fails}`);
  const replay = Worker.runReplayHistory({ workflowsPath }, history, "one");
  const message = await replay.then(String, (error: Error) => error.message);
  expect(message).toMatch(/Unhandled rejection: nobody awaits a promise of workflow order \(workflow id one, run id/);
  expect(message).toMatch(error);
  expect(message.split("promise: ")[1]).toMatch(promise);
  expect(message).toContain("\nAwait it, or handle its error with .catch().\n");
});

test.each(["sandbox", "inline"])("a worker tells which activity nobody awaits, %s", async (place) => {
  const { connection, client, close } = await open();
  onTestFinished(close);
  const { charge } = proxyActivities<{ charge(): Promise<void> }>({
    startToCloseTimeout: "1m",
    retry: { maximumAttempts: 1 },
  });
  const order = async () => {
    void charge();
    await sleep("1 day");
  };
  const workflowsPath = codeOf(
    HEAD.replace("1m", '1m", retry: { maximumAttempts: 1 }, summary: "') +
      '  void remote.charge(); await sleep("1 day"); }',
  );
  const worker = await Worker.create({
    connection,
    taskQueue: "q",
    shutdownForceTime: "1s",
    activities: { charge: () => Promise.reject(new Error("no money")) },
    ...(place === "inline" ? { workflows: { order } } : { workflowsPath }),
  });
  await worker.runUntil(async () => {
    const handle = await client.workflow.start("order", { workflowId: "unheard", taskQueue: "q" });
    await expect
      .poll(() => failuresOf(handle), { timeout: 15_000 })
      .toContainEqual(
        expect.stringMatching(
          place === "inline"
            ? /caused by ApplicationFailure: no money\n/
            : /caused by ApplicationFailure: no money\n  promise: at order \(.*workflows\.ts:8:\d+\)\nAwait it/,
        ),
      );
    await handle.terminate();
  });
});

test("a worker tells the line to the history, and the line where a cached run waits when it is asked", async () => {
  const { connection, client, close } = await open();
  onTestFinished(close);
  const created = { connection, taskQueue: "q", shutdownForceTime: "1s" } as const;
  const before = await Worker.create({ ...created, workflowsPath: codeOf(WAITS_A_DAY) });
  const handle = await before.runUntil(async () => {
    const started = await client.workflow.start("order", { workflowId: "two", taskQueue: "q" });
    await expect.poll(() => started.describe().then((run) => run.historyLength)).toBe(5);
    expect(await started.query("__stack_trace")).toMatch(/at order \(.*workflows\.ts:8:\d+/);
    return started;
  });
  const after = await Worker.create({ ...created, workflowsPath: codeOf(`${HEAD}  await remote.charge();\n}`) });
  await after.runUntil(async () => {
    await handle.signal("wakes");
    await expect
      .poll(() => failuresOf(handle), { timeout: 15_000 })
      .toContainEqual(expect.stringMatching(/code: +scheduleActivity.*\n +at order \(.*workflows\.ts:8:\d+/));
  });
});
