/** What breaks an SDK that nobody has changed, as one test for each trap, on the wire. */
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { EventType } from "../../../api/gen/enums.js";
import {
  Header,
  Memo,
  NamespaceNotFoundFailure,
  NotFoundFailure,
  Payload,
  Payloads,
  SearchAttributes,
  Status,
  WorkflowExecutionAlreadyStartedFailure,
  WorkflowTaskCompletedMetadata,
} from "../../../api/gen/messages.js";
import type {
  DescribeNamespaceResponse,
  DescribeWorkflowExecutionResponse,
  GetSystemInfoResponse,
  HistoryEvent,
  ListWorkflowExecutionsResponse,
} from "../../../api/gen/messages.js";
import { frameMessage } from "../../../rpc/grpc/message-reader.ts";
import { errorCodes, frameTypes } from "../../../rpc/http2/frame.ts";
import { startServer } from "../../../server/index.ts";
import type { PerdureServer, ServerOptions } from "../../../server/index.ts";
import { openMemoryStore } from "../../../server/store/index.ts";
import type { Store } from "../../../server/store/index.ts";
import { requestFields } from "../../rpc/conversations.ts";
import { ManualTime } from "../../rpc/manual-time.ts";
import { endStream, RawPeer } from "../../rpc/raw-peer.ts";
import { WireClient } from "./wire-client.ts";
import {
  complete,
  endWorkflow,
  eventsOf,
  fail,
  poll,
  pollActivity,
  readHistory,
  scheduleActivity,
  signal,
  startTimer,
  startWorkflow,
} from "./worker.ts";

const NAMESPACE = { namespace: "default" };
const JSON_PLAIN = { encoding: Buffer.from("json/plain") };
const SERVICE = "/temporal.api.workflowservice.v1.WorkflowService";

const opened: { close(): unknown }[] = [];
let server: PerdureServer;
let client: WireClient;

async function open(options: ServerOptions = {}): Promise<PerdureServer> {
  const made = await startServer(options);
  opened.push(made);
  return made;
}

function connect(port: number, options?: { readonly gzip: boolean }): WireClient {
  const made = new WireClient(port, options);
  opened.push(made);
  return made;
}

beforeEach(async () => {
  server = await open();
  client = connect(server.port);
});
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

const NAMES = new Map(Object.entries(EventType).map(([name, value]) => [value, name.slice("EVENT_TYPE_".length)]));
const types = (events: readonly HistoryEvent[]): (string | undefined)[] =>
  events.map(({ eventType }) => NAMES.get(eventType));

const TASK = ["WORKFLOW_TASK_SCHEDULED", "WORKFLOW_TASK_STARTED"];

describe("when a client connects and a worker starts", () => {
  test("GetSystemInfo is answered, without a namespace, and tells capabilities", async () => {
    const info = await client.call<GetSystemInfoResponse>("getSystemInfo", {});
    expect(info.serverVersion).toMatch(/^\d+\.\d+\.\d+$/);
    expect(info.capabilities).toMatchObject({
      internalErrorDifferentiation: true,
      signalAndQueryHeader: true,
      encodedFailureAttributes: true,
      sdkMetadata: true,
    });
  });

  test("DescribeNamespace tells limits and capabilities, and of an unknown namespace that there is none", async () => {
    const { namespaceInfo } = await client.call<DescribeNamespaceResponse>("describeNamespace", NAMESPACE);
    expect(namespaceInfo?.limits).toMatchObject({ blobSizeLimitError: 2 * 2 ** 20, memoSizeLimitError: 2 * 2 ** 20 });
    expect(namespaceInfo?.capabilities).toMatchObject({
      eagerWorkflowStart: true,
      syncUpdate: true,
      asyncUpdate: true,
    });
    expect(await client.refusal("describeNamespace", { namespace: "none" })).toMatchObject({ code: 5 });
  });
});

describe("a request that is too large", () => {
  /** Texts that SDKs look for, to fail the workflow task instead of sending it again for ever. */
  const TEXTS = /^grpc: received message (larger than max|after decompression larger than max)/;
  const input = Payloads.encode({ payloads: [Payload.encode({ data: Buffer.alloc(5_000_000) })] });

  test.each([
    ["as it is", false, "larger than max ("],
    ["only after decompression", true, "after decompression larger than max 4194304"],
  ])("%s is RESOURCE_EXHAUSTED with the text that SDKs look for", async (_, gzip, text) => {
    const sender = connect(server.port, { gzip });
    const reason = await startWorkflow(sender, "large", { input }).catch((error: unknown) => error);
    expect(reason).toMatchObject({ code: 8, details: expect.stringMatching(TEXTS) as string });
    expect(reason).toMatchObject({ details: expect.stringContaining(text) as string });
  });
});

describe("codes", () => {
  /** What Core, Go or both send again; a wrong one stalls a caller for ten seconds or loses a call. */
  const RETRIED = new Set([2, 8, 10, 11, 13, 14, 15]);
  const unknown = { workflowExecution: { workflowId: "none" }, execution: { workflowId: "none" } };

  test.each([
    ["a namespace that is not there", "describeWorkflowExecution", { namespace: "none", ...unknown }, 5],
    ["a workflow that is not there", "signalWorkflowExecution", { ...NAMESPACE, ...unknown, signalName: "s" }, 5],
    ["a field that is missing", "startWorkflowExecution", NAMESPACE, 3],
    ["a task that is gone", "respondWorkflowTaskCompleted", { ...NAMESPACE, taskToken: Buffer.from([1, 2, 3]) }, 3],
    ["a method that is not served", "createNexusEndpoint", {}, 12],
  ] as const)("that say no for good are not those that SDKs retry: %s", async (_, method, request, code) => {
    expect((await client.refusal(method, request)).code).toBe(code);
    expect(RETRIED.has(code)).toBe(false);
  });

  test("of a name that is taken is ALREADY_EXISTS", async () => {
    await startWorkflow(client, "twice");
    const again = startWorkflow(client, "twice", { requestId: "another" });
    expect(await again.catch((error: unknown) => error)).toMatchObject({ code: 6 });
  });

  test("of a store that does not take a write is UNAVAILABLE, and the same request is taken when it does again", async () => {
    const store = openMemoryStore();
    let isFull = false;
    const failing = new Proxy(store, {
      get(target, name) {
        const value = Reflect.get(target, name) as (...values: unknown[]) => unknown;
        if (name === "commit" && isFull) return async () => ({ kind: "failed", error: new Error("no room") });
        return typeof value === "function" ? value.bind(target) : value;
      },
    }) as Store;
    const other = connect((await open({ data: { kind: "open", store: failing } })).port);
    isFull = true;
    expect(await startWorkflow(other, "later").catch((error: unknown) => error)).toMatchObject({ code: 14 });
    isFull = false;
    let runId: string | undefined;
    while (runId === undefined) {
      const reply = await startWorkflow(other, "later").catch((error: { code: number }) => error);
      if ("runId" in reply) runId = reply.runId;
      else expect(reply.code).toBe(14); // The lane opens itself anew meanwhile.
    }
    expect(await readHistory(other, "later")).toHaveLength(2);
  });
});

describe("a connection", () => {
  const codecPath = `${SERVICE}/PollWorkflowTaskQueue`;
  const ping = async (peer: RawPeer): Promise<void> => {
    const answered = peer.pings.length + 1;
    peer.frame(frameTypes.ping, 0, 0, Buffer.alloc(8));
    await peer.until(() => peer.pings.length === answered || peer.isClosed);
  };

  async function openTimed(): Promise<{ time: ManualTime; peer: RawPeer; timed: PerdureServer }> {
    const time = new ManualTime();
    const timed = await open({ clock: time, timers: time });
    const peer = await RawPeer.connect(timed.port);
    opened.push(peer);
    return { time, peer, timed };
  }

  /** Parks a poll and answers when it has been taken. */
  async function park(peer: RawPeer, id: number): Promise<void> {
    peer.headers(id, 0, requestFields(codecPath, [["grpc-timeout", "70S"]]));
    peer.data(id, endStream, frameMessage(pollRequest));
    await ping(peer);
  }
  // namespace "default", task_queue { name "parked" }
  const pollRequest = Buffer.from([10, 7, ...Buffer.from("default"), 18, 8, 10, 6, ...Buffer.from("parked")]);

  test.each(["with a poll", "without a call"])(
    "%s may be pinged every 30 s and is never told too_many_pings",
    async (how) => {
      const { time, peer } = await openTimed();
      let polls = 0;
      for (let at = 0; at < 240_000 && !peer.isClosed; at += 30_000) {
        if (how === "with a poll" && at % 60_000 === 0) await park(peer, polls++ * 2 + 1);
        await ping(peer);
        time.advance(30_000);
      }
      for (const { code, debug } of peer.goaways) {
        expect(code).toBe(errorCodes.noError);
        expect(debug).not.toContain("too_many_pings");
      }
      if (how === "with a poll") {
        expect(peer.goaways).toEqual([]);
        expect(peer.isClosed).toBe(false);
      }
    },
  );

  test("that has grown old says goodbye, and its parked poll still gets its task", async () => {
    const { time, peer, timed } = await openTimed();
    let id = -1;
    while (peer.goaways.length === 0) {
      await park(peer, (id += 2));
      for (let step = 0; step < 5 && peer.goaways.length === 0; step++) {
        time.advance(10_000);
        await ping(peer);
      }
      if (peer.goaways.length === 0) {
        time.advance(10_000);
        await peer.ended(id);
      }
    }
    expect(peer.goaways[0]).toMatchObject({ code: errorCodes.noError });
    expect(peer.stream(id).endings).toEqual([]);
    await startWorkflow(connect(timed.port), "drained", { taskQueue: { name: "parked" } });
    await peer.ended(id);
    expect(peer.stream(id).headers.flat()).toContain("grpc-status: 0");
    expect(peer.stream(id).body.includes("drained")).toBe(true);
  });

  test("of a server that stops has its parked polls answered empty, not broken off", async () => {
    const { peer, timed } = await openTimed();
    await park(peer, 1);
    const closed = timed.close();
    await peer.ended(1);
    expect(peer.stream(1).headers.flat()).toContain("grpc-status: 0");
    expect(peer.stream(1).body).toEqual(frameMessage(Buffer.alloc(0)));
    expect(peer.goaways.every(({ code }) => code === errorCodes.noError)).toBe(true);
    peer.close();
    await closed;
  });
});

describe("typed errors stand in grpc-status-details-bin", () => {
  const detailOf = (
    details: Buffer | undefined,
  ): { code: number; message: string; type: string; value: Uint8Array } => {
    const { code, message, details: anys } = Status.decode(details as Buffer);
    expect(anys).toHaveLength(1);
    const { typeUrl, value } = anys[0]!;
    return { code, message, type: typeUrl, value };
  };
  const PREFIX = "type.googleapis.com/temporal.api.errordetails.v1.";

  test("WorkflowExecutionAlreadyStarted, with the run", async () => {
    const { runId } = await startWorkflow(client, "started");
    const { details, message } = await client.refusal("startWorkflowExecution", {
      ...NAMESPACE,
      workflowId: "started",
      requestId: "another",
      workflowType: { name: "story" },
      taskQueue: { name: "q" },
    });
    const detail = detailOf(details);
    expect(detail).toMatchObject({ code: 6, message, type: `${PREFIX}WorkflowExecutionAlreadyStartedFailure` });
    expect(WorkflowExecutionAlreadyStartedFailure.decode(detail.value)).toMatchObject({ runId });
  });

  test("NotFound", async () => {
    const execution = { workflowId: "none" };
    const { details, message } = await client.refusal("describeWorkflowExecution", { ...NAMESPACE, execution });
    const detail = detailOf(details);
    expect(detail).toMatchObject({ code: 5, message, type: `${PREFIX}NotFoundFailure` });
    expect(NotFoundFailure.decode(detail.value)).toBeDefined();
  });

  test("NamespaceNotFound, with the namespace", async () => {
    const { details, message } = await client.refusal("describeNamespace", { namespace: "none" });
    const detail = detailOf(details);
    expect(detail).toMatchObject({ code: 5, message, type: `${PREFIX}NamespaceNotFoundFailure` });
    expect(NamespaceNotFoundFailure.decode(detail.value)).toMatchObject({ namespace: "none" });
  });
});

describe("a long poll without a task", () => {
  test.each([
    ["after 60 s", 70_000, 60_000],
    ["a second before its caller gives up", 30_000, 29_000],
  ])("is a success with an empty task token %s", async (_, deadlineMs, answeredAfterMs) => {
    const time = new ManualTime();
    const timed = await open({ clock: time, timers: time });
    const peer = connect(timed.port);
    for (const method of ["pollWorkflowTaskQueue", "pollActivityTaskQueue"] as const) {
      let isAnswered = false;
      const request = { ...NAMESPACE, taskQueue: { name: "empty" } };
      const reply = peer.call<{ taskToken: Uint8Array }>(method, request, { deadlineMs });
      void reply.finally(() => (isAnswered = true));
      await untilPolled(peer, "empty", method === "pollWorkflowTaskQueue" ? 1 : 2);
      time.advance(answeredAfterMs - 1_000); // The deadline on the wire is a little less than what was asked for.
      await peer.call("getSystemInfo", {});
      expect(isAnswered).toBe(false);
      time.advance(1_000);
      expect((await reply).taskToken).toHaveLength(0);
    }
  });
});

async function untilPolled(polled: WireClient, queue: string, taskQueueType: number): Promise<void> {
  const request = { ...NAMESPACE, taskQueue: { name: queue }, taskQueueType };
  for (;;) {
    const { pollers } = await polled.call<{ pollers: unknown[] }>("describeTaskQueue", request);
    if (pollers.length > 0) return;
  }
}

describe("a poller that has gone swallows no task", () => {
  test("when its client has cancelled the call", async () => {
    for (let round = 0; round < 10; round++) {
      const queue = { name: `round ${round}` };
      const gone = poll(client, queue);
      gone.reply.catch(() => {});
      await untilPolled(client, queue.name, 1);
      gone.cancel();
      await startWorkflow(client, queue.name);
      const task = await poll(client, queue).reply;
      expect(task).toMatchObject({ attempt: 1, startedEventId: 3 });
      await complete(client, task, { commands: [endWorkflow] });
    }
  });

  test("when its worker has said goodbye to its sticky queue", async () => {
    await startWorkflow(client, "w");
    await complete(client, await poll(client, { name: "w" }).reply, { sticky: "sticky" });
    const gone = poll(client, { name: "sticky", normalName: "w" });
    await untilPolled(client, "sticky", 1);
    await client.call("shutdownWorker", { ...NAMESPACE, stickyTaskQueue: "sticky", identity: "worker", reason: "end" });
    expect((await gone.reply).taskToken).toHaveLength(0);
  });
});

describe("the history of a workflow task", () => {
  const SDKS: readonly Record<string, string>[] = [
    {},
    { "client-name": "temporal-typescript" },
    { "client-name": "temporal-go" },
  ];

  test("ends with the Started of this task, and on a sticky queue begins behind the one before", async () => {
    await startWorkflow(client, "w");
    const first = await poll(client, { name: "w" }).reply;
    expect(types(eventsOf(first))).toEqual(["WORKFLOW_EXECUTION_STARTED", ...TASK]);
    expect(eventsOf(first).at(-1)?.eventId).toBe(first.startedEventId);
    await complete(client, first, { sticky: "sticky" });
    const polled = poll(client, { name: "sticky", normalName: "w" });
    await untilPolled(client, "sticky", 1);
    await signal(client, "w");
    const second = await polled.reply;
    const events = eventsOf(second);
    expect(second.previousStartedEventId).toBe(first.startedEventId);
    expect(events[0]?.eventId).toBe(second.previousStartedEventId + 1);
    expect(types(events)).toEqual(["WORKFLOW_TASK_COMPLETED", "WORKFLOW_EXECUTION_SIGNALED", ...TASK]);
    expect(events.at(-1)?.eventId).toBe(second.startedEventId);
    expect(types(await readHistory(client, "w"))).toEqual([...types(eventsOf(first)), ...types(events)]);
  });

  test("that is not written yet ends what an SDK reads, and what a viewer reads not", async () => {
    await startWorkflow(client, "w");
    await fail(client, await poll(client, { name: "w" }).reply);
    const second = await poll(client, { name: "w" }).reply;
    expect(second.attempt).toBe(2);
    const written = ["WORKFLOW_EXECUTION_STARTED", ...TASK, "WORKFLOW_TASK_FAILED"];
    for (const metadata of SDKS) {
      const events = await readHistory(client, "w", metadata);
      expect(types(events)).toEqual([...written, ...TASK]);
      expect(events.at(-1)?.eventId).toBe(second.startedEventId);
      expect(events.map((event) => event.eventId)).toEqual([1, 2, 3, 4, 5, 6]);
    }
    for (const name of ["temporal-cli", "temporal-ui"])
      expect(types(await readHistory(client, "w", { "client-name": name }))).toEqual(written);
    await complete(client, second, { commands: [endWorkflow] });
    expect(types(await readHistory(client, "w")).slice(4)).toEqual([
      ...TASK,
      "WORKFLOW_TASK_COMPLETED",
      "WORKFLOW_EXECUTION_COMPLETED",
    ]);
  });
});

test("a cached workflow's tasks come on the sticky queue alone, whichever of its pollers asks", async () => {
  await startWorkflow(client, "w");
  await complete(client, await poll(client, { name: "w" }).reply, { sticky: "sticky" });
  const normal = poll(client, { name: "w" });
  normal.reply.catch(() => {});
  await untilPolled(client, "w", 1);
  const pollers = [1, 2, 3].map(() => poll(client, { name: "sticky", normalName: "w" }));
  await untilPolled(client, "sticky", 1);
  for (let taken = 0; taken < pollers.length; taken++) {
    await signal(client, "w");
    const running = pollers.map(({ reply }, index) => reply.then((task) => ({ task, index })));
    const { task, index } = await Promise.race([
      ...running,
      normal.reply.then((other) => ({ task: other, index: -1 })),
    ]);
    expect(index).toBeGreaterThanOrEqual(0);
    expect(task.workflowExecution?.workflowId).toBe("w");
    pollers.splice(index, 1, { reply: new Promise(() => {}), cancel: () => {} });
    await complete(client, task, { sticky: "sticky" });
  }
  normal.cancel();
});

test("attempts count from 1, and the first task of a run follows no other", async () => {
  await startWorkflow(client, "w");
  const first = await poll(client, { name: "w" }).reply;
  expect(first).toMatchObject({ attempt: 1, previousStartedEventId: 0, startedEventId: 3 });
  await complete(client, first, { commands: [scheduleActivity("w")] });
  const activity = await pollActivity(client, "w");
  expect(activity.attempt).toBe(1);
  await client.call("respondActivityTaskCompleted", { ...NAMESPACE, taskToken: activity.taskToken });
  const second = await poll(client, { name: "w" }).reply;
  expect(second).toMatchObject({ attempt: 1, previousStartedEventId: 3, startedEventId: 9 });
  await fail(client, second);
  const third = await poll(client, { name: "w" }).reply;
  expect(third).toMatchObject({ attempt: 2, previousStartedEventId: 3 });
});

test("the size and the advice that a task was started with are stored, not reckoned again", async () => {
  const store = openMemoryStore();
  const kept = new Proxy(store, {
    get(target, name) {
      if (name === "close") return async () => {};
      const value = Reflect.get(target, name) as (...values: unknown[]) => unknown;
      return typeof value === "function" ? value.bind(target) : value;
    },
  }) as Store;
  const data = { kind: "open", store: kept } as const;
  const strict = await open({ data, limits: { historyEventsSuggestContinueAsNew: 5 } });
  const before = connect(strict.port);
  await startWorkflow(before, "w");
  for (let task = 0; task < 3; task++) {
    const polled = await poll(before, { name: "w" }).reply;
    expect(startedOf(eventsOf(polled))).toEqual(startedOf(await readHistory(before, "w")));
    await complete(before, polled, { fields: { forceCreateNewWorkflowTask: true } });
  }
  const told = startedOf(await readHistory(before, "w"));
  expect(told.map((task) => task.suggests)).toEqual([false, true, true]);
  expect(told.map((task) => task.bytes)).toEqual(told.map((task) => task.bytes).toSorted((a, b) => a - b));
  expect(new Set(told.map((task) => task.bytes)).size).toBe(3);
  await strict.close();
  const lenient = await open({ data, limits: { historyEventsSuggestContinueAsNew: 1_000 } });
  const after = connect(lenient.port);
  expect(startedOf(eventsOf(await poll(after, { name: "w" }).reply)).slice(0, 3)).toEqual(told);
  expect(startedOf(await readHistory(after, "w")).map((task) => task.suggests)).toEqual([false, true, true, false]);
});

function startedOf(events: readonly HistoryEvent[]): { suggests: boolean; bytes: number }[] {
  return events.flatMap(({ workflowTaskStartedEventAttributes: started }) =>
    started === undefined ? [] : [{ suggests: started.suggestContinueAsNew, bytes: started.historySizeBytes }],
  );
}

test("the flags in a task's SDK metadata come back from its completion", async () => {
  await startWorkflow(client, "w");
  const sdkMetadata = WorkflowTaskCompletedMetadata.encode({
    coreUsedFlags: [1, 2, 300],
    langUsedFlags: [7],
    sdkName: "temporal-typescript",
    sdkVersion: "1.24.0",
  });
  await complete(client, await poll(client, { name: "w" }).reply, {
    fields: { sdkMetadata, forceCreateNewWorkflowTask: true },
  });
  const replay = await poll(client, { name: "w" }).reply;
  for (const events of [eventsOf(replay), await readHistory(client, "w")]) {
    const completed = events.find((event) => event.workflowTaskCompletedEventAttributes !== undefined);
    expect(completed?.workflowTaskCompletedEventAttributes?.sdkMetadata).toEqual(sdkMetadata);
  }
});

describe("payloads", () => {
  const odd = Payload.encode({
    metadata: { encoding: Buffer.from("binary/mine"), key: Buffer.from([0, 255, 128]), type: Buffer.from("T") },
    data: Buffer.from([0, 1, 2, 255]),
  });
  const header = Header.encode({ fields: { "trace-id": odd } });
  const memo = Memo.encode({ fields: { note: odd } });
  const input = Payloads.encode({ payloads: [odd, odd] });

  test("of header, memo, input and result come back byte for byte, whoever reads them", async () => {
    await startWorkflow(client, "w", { header, memo, input });
    const task = await poll(client, { name: "w" }).reply;
    for (const [started] of [eventsOf(task), await readHistory(client, "w")])
      expect(started?.workflowExecutionStartedEventAttributes).toMatchObject({ header, memo, input });
    await complete(client, task, { commands: [scheduleActivity("w", { header, input })] });
    const activity = await pollActivity(client, "w");
    expect(
      Header.encode({ fields: activity.header === undefined ? {} : Header.decode(activity.header as never).fields }),
    ).toEqual(header);
    expect(activity.input).toEqual(input);
    const execution = { workflowId: "w" };
    const described = await client.call<DescribeWorkflowExecutionResponse>("describeWorkflowExecution", {
      ...NAMESPACE,
      execution,
    });
    expect(described.workflowExecutionInfo?.memo).toEqual(memo);
    const listed = await client.call<ListWorkflowExecutionsResponse>("listWorkflowExecutions", NAMESPACE);
    expect(listed.executions[0]?.memo).toEqual(memo);
  });

  test("of search attributes come back with their type added and nothing else changed", async () => {
    const given = { ...JSON_PLAIN, mine: Buffer.from([0, 255]) };
    const data = Buffer.from('  "me"');
    const searchAttributes = SearchAttributes.encode({
      indexedFields: { BatcherUser: Payload.encode({ metadata: given, data }) },
    });
    await startWorkflow(client, "w", { searchAttributes });
    const described = await client.call<DescribeWorkflowExecutionResponse>("describeWorkflowExecution", {
      ...NAMESPACE,
      execution: { workflowId: "w" },
    });
    const listed = await client.call<ListWorkflowExecutionsResponse>("listWorkflowExecutions", NAMESPACE);
    const [started] = await readHistory(client, "w");
    for (const bytes of [
      described.workflowExecutionInfo?.searchAttributes,
      listed.executions[0]?.searchAttributes,
      started?.workflowExecutionStartedEventAttributes?.searchAttributes,
    ]) {
      const payload = Payload.decode(SearchAttributes.decode(bytes as Uint8Array).indexedFields["BatcherUser"]!);
      expect(Buffer.from(payload.data)).toEqual(data);
      const metadata = Object.fromEntries(
        Object.entries(payload.metadata).map(([name, value]) => [name, Buffer.from(value)]),
      );
      expect(metadata).toEqual({ ...given, type: Buffer.from("Keyword") });
    }
  });
});

describe("times", () => {
  test("of events, tasks and descriptions are the same to the nanosecond, and in lists to the microsecond", async () => {
    await startWorkflow(client, "w");
    const task = await poll(client, { name: "w" }).reply;
    const read = await readHistory(client, "w");
    expect(eventsOf(task).map((event) => event.eventTime)).toEqual(read.map((event) => event.eventTime));
    expect(task.startedTime).toEqual(read[2]?.eventTime);
    const execution = { workflowId: "w" };
    const described = await client.call<DescribeWorkflowExecutionResponse>("describeWorkflowExecution", {
      ...NAMESPACE,
      execution,
    });
    expect(described.workflowExecutionInfo?.startTime).toEqual(read[0]?.eventTime);
    const listed = await client.call<ListWorkflowExecutionsResponse>("listWorkflowExecutions", NAMESPACE);
    const { seconds = 0, nanos = 0 } = read[0]?.eventTime ?? {};
    expect(listed.executions[0]?.startTime).toEqual({ seconds, nanos: nanos - (nanos % 1_000) });
  });

  test("that a client gives in nanoseconds stay as they are, and are looked for in microseconds", async () => {
    const day = (text: string): Uint8Array => Payload.encode({ metadata: JSON_PLAIN, data: Buffer.from(`"${text}"`) });
    const given = "2026-02-03T04:05:06.123456789Z";
    const searchAttributes = SearchAttributes.encode({ indexedFields: { TemporalScheduledStartTime: day(given) } });
    await startWorkflow(client, "w", { searchAttributes });
    const query = "TemporalScheduledStartTime = '2026-02-03T04:05:06.123456Z'";
    const { executions } = await client.call<ListWorkflowExecutionsResponse>("listWorkflowExecutions", {
      ...NAMESPACE,
      query,
    });
    expect(executions).toHaveLength(1);
    const shown = SearchAttributes.decode(executions[0]?.searchAttributes as Uint8Array).indexedFields;
    expect(Buffer.from(Payload.decode(shown["TemporalScheduledStartTime"]!).data).toString()).toBe(`"${given}"`);
    const startToFireTimeout = { seconds: 100, nanos: 123_456_789 };
    await complete(client, await poll(client, { name: "w" }).reply, { commands: [startTimer(startToFireTimeout)] });
    const events = await readHistory(client, "w");
    expect(events.at(-1)?.timerStartedEventAttributes?.startToFireTimeout).toEqual(startToFireTimeout);
  });
});

describe("gzip", () => {
  test("requests of every kind may be compressed", async () => {
    const gzipped = connect(server.port, { gzip: true });
    await startWorkflow(gzipped, "w", {
      input: Payloads.encode({ payloads: [Payload.encode({ data: Buffer.alloc(100_000, 7) })] }),
    });
    const task = await poll(gzipped, { name: "w" }).reply;
    await complete(gzipped, task, { commands: [endWorkflow] });
    expect(await readHistory(gzipped, "w")).toHaveLength(5);
  });

  test("but an encoding that is not known is UNIMPLEMENTED with the text by which Go falls back", async () => {
    const peer = await RawPeer.connect(server.port);
    opened.push(peer);
    peer.headers(1, 0, requestFields(`${SERVICE}/GetSystemInfo`, [["grpc-encoding", "snappy"]]));
    peer.data(1, endStream, frameMessage(gzipSync(Buffer.alloc(0)), true));
    await peer.ended(1);
    const fields = peer.stream(1).headers.flat();
    expect(fields).toContain("grpc-status: 12");
    expect(fields.find((field) => field.startsWith("grpc-message:"))).toMatch(/decompress|grpc-encoding|compressor/i);
  });
});
