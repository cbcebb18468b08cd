import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startServer, type PerdureServer } from "../../server/index.ts";
import {
  ApplicationFailure,
  CancelledFailure,
  defineSearchAttributeKey,
  NamespaceNotFoundError,
  TerminatedFailure,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
} from "../common/index.ts";
import {
  ActivityNotFoundError,
  Client,
  Connection,
  isGrpcCancelledError,
  isGrpcDeadlineError,
  QueryNotRegisteredError,
  type WorkflowClientInterceptor,
  WithStartWorkflowOperation,
  WorkflowContinuedAsNewError,
  WorkflowFailedError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from "./index.ts";
import { answerQuery, answerTask, answerUpdate, commands, pollTask } from "./raw-worker-fixture.ts";

let server: PerdureServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

async function failureOf(promise: Promise<unknown>): Promise<any> {
  return promise.then(
    (value) => expect.unreachable(`resolved with ${String(value)}`),
    (error: unknown) => error,
  );
}

describe.each(["in process", "over gRPC"] as const)("a client %s", (transport) => {
  let connection: Connection;
  let client: Client;
  let ids = 0;
  beforeAll(async () => {
    connection =
      transport === "in process" ? Connection.inProcess(server) : await Connection.connect({ address: server.address });
    client = new Client({ connection });
  });
  afterAll(() => connection.close());

  /** A workflow of its own, on a queue of its own. */
  async function started(more: object = {}) {
    const name = `${transport}-${++ids}`;
    const handle = await client.workflow.start("greet", { workflowId: name, taskQueue: name, args: ["you"], ...more });
    const answer = (...answers: Parameters<typeof commands.complete>[0][]) =>
      answerTask(client.workflowService, name, ...(answers as never[]));
    return { handle, name, answer };
  }

  test("gets the result of a workflow it started", async () => {
    const { handle, answer } = await started();
    await answer(commands.complete({ hello: "you" }));
    await expect(handle.result()).resolves.toEqual({ hello: "you" });
    expect(handle.eagerlyStarted).toBe(false);
  });

  test("a failed workflow rejects with its failure", async () => {
    const { handle, answer } = await started();
    await answer(commands.fail(ApplicationFailure.nonRetryable("bad", "Broken", 1)));
    const error = await failureOf(handle.result());
    expect(error).toBeInstanceOf(WorkflowFailedError);
    expect(error.cause).toBeInstanceOf(ApplicationFailure);
    expect(error.cause).toMatchObject({ message: "bad", type: "Broken", nonRetryable: true, details: [1] });
  });

  test("a cancelled workflow rejects with CancelledFailure and its details", async () => {
    const { handle, answer } = await started();
    await handle.cancel();
    await answer(commands.cancel("why"));
    const error = await failureOf(handle.result());
    expect(error.cause).toBeInstanceOf(CancelledFailure);
    expect(error.cause.details).toEqual(["why"]);
  });

  test("a terminated workflow rejects with TerminatedFailure, and is not found by a second termination", async () => {
    const { handle } = await started();
    await handle.terminate("enough");
    const error = await failureOf(handle.result());
    expect(error.message).toBe("enough");
    expect(error.cause).toBeInstanceOf(TerminatedFailure);
    await expect(handle.terminate()).rejects.toBeInstanceOf(WorkflowNotFoundError);
  });

  test("follows continue-as-new unless told not to", async () => {
    const { handle, answer, name } = await started();
    await answer(commands.continueAsNew(name));
    const stay = client.workflow.getHandle(name, handle.firstExecutionRunId, { followRuns: false });
    const error = await failureOf(stay.result());
    expect(error).toBeInstanceOf(WorkflowContinuedAsNewError);
    const [, result] = await Promise.all([answer(commands.complete(2)), handle.result()]);
    expect(result).toBe(2);
  });

  test("a second start of an id is refused, or uses the one that runs", async () => {
    const { handle, name } = await started();
    const again = { workflowId: name, taskQueue: name };
    const error = await failureOf(client.workflow.start("greet", again));
    expect(error).toBeInstanceOf(WorkflowExecutionAlreadyStartedError);
    expect(error).toMatchObject({ workflowId: name, workflowType: "greet" });
    const same = await client.workflow.start("greet", { ...again, workflowIdConflictPolicy: "USE_EXISTING" });
    expect(same.firstExecutionRunId).toBe(handle.firstExecutionRunId);
  });

  test("signals, and signals with start", async () => {
    const name = `${transport}-signal`;
    const options = { workflowId: name, taskQueue: name, signal: "poke", signalArgs: [1] as [number] };
    const handle = await client.workflow.signalWithStart("greet", options as never);
    await handle.signal("poke", 2);
    const { events } = await handle.fetchHistory();
    const signals = events.flatMap((event) => event.workflowExecutionSignaledEventAttributes ?? []);
    expect(signals.map(({ signalName }) => signalName)).toEqual(["poke", "poke"]);
    expect(handle.signaledRunId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("a query is answered by the workflow, and its failure is told", async () => {
    const { handle, answer, name } = await started();
    await answer();
    const query = (arg: number) =>
      Promise.all([
        answerQuery(client.workflowService, name, ([value], type) => {
          if (value === 0) throw new Error("no zero");
          return `${type} ${String(value)}`;
        }),
        handle.query<string, [number]>("double", arg),
      ]);
    expect((await query(2))[1]).toBe("double 2");
    const error = await failureOf(query(0));
    expect(error).toBeInstanceOf(QueryNotRegisteredError);
    expect(error.message).toBe("no zero");
  });

  test("an update is accepted, completed or rejected", async () => {
    const { handle, name, answer } = await started();
    // The first task would come without the update.
    await answer();
    const send = (how: Parameters<typeof answerUpdate>[2]) => answerUpdate(client.workflowService, name, how);
    const [, sum] = await Promise.all([
      send(([a, b]) => ({ kind: "result", value: (a as number) + (b as number) })),
      handle.executeUpdate<number, [number, number]>("add", { args: [1, 2] }),
    ]);
    expect(sum).toBe(3);
    const [, rejection] = await Promise.all([send(() => ({ kind: "reject" })), failureOf(handle.executeUpdate("add"))]);
    expect(rejection).toBeInstanceOf(WorkflowUpdateFailedError);
    expect(rejection.cause).toMatchObject({ message: "no", type: "Rejected" });
    const [, accepted] = await Promise.all([
      send(() => ({ kind: "accept" })),
      handle.startUpdate("add", { waitForStage: "ACCEPTED", updateId: "u1" }),
    ]);
    expect(accepted).toMatchObject({ updateId: "u1", workflowId: name });
  });

  test("an update with start gives the update's result and the workflow", async () => {
    const name = `${transport}-with-start`;
    const operation = new WithStartWorkflowOperation("greet", {
      workflowId: name,
      taskQueue: name,
      workflowIdConflictPolicy: "FAIL",
    });
    const [, result] = await Promise.all([
      answerUpdate(client.workflowService, name, () => ({ kind: "result", value: "done" })),
      client.workflow.executeUpdateWithStart("set", { startWorkflowOperation: operation }),
    ]);
    expect(result).toBe("done");
    const handle = await operation.workflowHandle();
    expect((await handle.describe()).status.name).toBe("RUNNING");
    const again = new WithStartWorkflowOperation("greet", operation.options);
    const update = client.workflow.executeUpdateWithStart("set", { startWorkflowOperation: again });
    expect(await failureOf(update)).toBeInstanceOf(WorkflowExecutionAlreadyStartedError);
    expect(await failureOf(again.workflowHandle())).toBeInstanceOf(WorkflowExecutionAlreadyStartedError);
  });

  test("waiting for an update ends with the caller's deadline, not with the update", async () => {
    const { handle } = await started();
    const error = await failureOf(client.withDeadline(Date.now() + 50, () => handle.executeUpdate("slow")));
    expect(error).toBeInstanceOf(WorkflowUpdateRPCTimeoutOrCancelledError);
    expect(isGrpcDeadlineError(error)).toBe(true);
  });

  test("an aborted call rejects as cancelled", async () => {
    const { handle } = await started();
    const controller = new AbortController();
    const waiting = failureOf(client.withAbortSignal(controller.signal, () => handle.result()));
    controller.abort();
    expect(isGrpcCancelledError(await waiting)).toBe(true);
  });

  test("describes a workflow with its memo, search attributes and texts", async () => {
    const key = defineSearchAttributeKey("BuildIds", "KEYWORD_LIST");
    const { handle, name } = await started({
      memo: { note: [1] },
      staticSummary: "sum",
      staticDetails: "details",
      typedSearchAttributes: [{ key, value: ["a"] }],
      priority: { priorityKey: 2 },
    });
    const description = await handle.describe();
    expect(description).toMatchObject({
      workflowId: name,
      type: "greet",
      taskQueue: name,
      status: { code: 1, name: "RUNNING" },
      memo: { note: [1] },
      priority: { priorityKey: 2 },
    });
    expect(description.typedSearchAttributes.get(key)).toEqual(["a"]);
    expect([await description.staticSummary(), await description.staticDetails()]).toEqual(["sum", "details"]);
  });

  test("lists and counts workflows, and fetches their histories", async () => {
    const taskQueue = `${transport}-list`;
    const workflowIds = ["l1", "l2", "l3"].map((id) => `${transport}-${id}`);
    for (const workflowId of workflowIds) await client.workflow.start("listed", { workflowId, taskQueue });
    const query = `TaskQueue = '${taskQueue}'`;
    const listed = await Array.fromAsync(client.workflow.list({ query, pageSize: 2 }));
    expect(listed.map(({ workflowId }) => workflowId).sort()).toEqual(workflowIds);
    expect((await client.workflow.count(query)).count).toBe(3);
    const histories = await Array.fromAsync(client.workflow.list({ query }).intoHistories({ concurrency: 2 }));
    expect(histories.map(({ workflowId }) => workflowId).sort()).toEqual(workflowIds);
  });

  test("names what is missing", async () => {
    const handle = client.workflow.getHandle("nobody");
    for (const call of [handle.describe(), handle.signal("x"), handle.query("x"), handle.cancel(), handle.result()]) {
      expect(await failureOf(call)).toBeInstanceOf(WorkflowNotFoundError);
    }
    const elsewhere = new Client({ connection, namespace: "nowhere" });
    const error = await failureOf(elsewhere.workflow.getHandle("x").describe());
    expect(error).toBeInstanceOf(NamespaceNotFoundError);
    expect(error.namespace).toBe("nowhere");
    const activity = { workflowId: "nobody", activityId: "1" };
    expect(await failureOf(client.activity.complete(activity, 1))).toBeInstanceOf(ActivityNotFoundError);
  });

  test("interceptors see calls in their order, and headers arrive", async () => {
    const seen: string[] = [];
    const interceptor = (name: string): WorkflowClientInterceptor => ({
      async start(input, next) {
        seen.push(`${name} ${input.workflowType}`);
        return next({ ...input, headers: { ...input.headers, [name]: { data: new Uint8Array([1]) } } });
      },
      async signal(input, next) {
        seen.push(`${name} ${input.signalName}`);
        return next(input);
      },
    });
    const intercepted = new Client({
      connection,
      interceptors: { workflow: [interceptor("outer"), interceptor("inner")] },
    });
    const name = `${transport}-intercepted`;
    const handle = await intercepted.workflow.start("greet", { workflowId: name, taskQueue: name });
    await handle.signal("go");
    expect(seen).toEqual(["outer greet", "inner greet", "outer go", "inner go"]);
    const task = await pollTask(client.workflowService, name);
    expect(task.workflowType?.name).toBe("greet");
  });

  test("codecs are applied to everything that has payloads", async () => {
    const flip = (bytes: Uint8Array | null | undefined) => bytes && bytes.map((byte) => byte ^ 0xff);
    const codec = {
      encode: async (payloads: any[]) => payloads.map((payload) => ({ ...payload, data: flip(payload.data) })),
      decode: async (payloads: any[]) => payloads.map((payload) => ({ ...payload, data: flip(payload.data) })),
    };
    const secret = new Client({ connection, dataConverter: { payloadCodecs: [codec] } });
    const name = `${transport}-codec`;
    const handle = await secret.workflow.start("greet", {
      workflowId: name,
      taskQueue: name,
      memo: { a: 1 },
      staticSummary: "s",
    });
    const description = await handle.describe();
    expect(description.memo).toEqual({ a: 1 });
    expect(await description.staticSummary()).toBe("s");
    await expect(client.workflow.getHandle(name).describe()).rejects.toThrow(SyntaxError);
    await handle.terminate();
  });
});
