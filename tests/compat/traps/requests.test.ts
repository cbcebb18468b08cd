/** Traps of requests: what a client is told when it connects, and how it is refused. */
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, test } from "vitest";
import {
  NamespaceNotFoundFailure,
  NotFoundFailure,
  Payload,
  Payloads,
  Status,
  WorkflowExecutionAlreadyStartedFailure,
} from "../../../api/gen/messages.js";
import type { DescribeNamespaceResponse, GetSystemInfoResponse } from "../../../api/gen/messages.js";
import { frameMessage } from "../../../rpc/grpc/message-reader.ts";
import type { PerdureServer } from "../../../server/index.ts";
import { openMemoryStore } from "../../../server/store/index.ts";
import type { Store } from "../../../server/store/index.ts";
import { requestFields } from "../../rpc/conversations.ts";
import { endStream } from "../../rpc/raw-peer.ts";
import { connect, connectRaw, openServer } from "./trap-server.ts";
import type { WireClient } from "./wire-client.ts";
import { complete, endWorkflow, poll, readHistory, startWorkflow } from "./worker.ts";

const NAMESPACE = { namespace: "default" };
const SERVICE = "/temporal.api.workflowservice.v1.WorkflowService";

let server: PerdureServer;
let client: WireClient;
beforeEach(async () => {
  server = await openServer();
  client = connect(server.port);
});

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
    ["a method that nobody serves", "triggerWorkflowRule", NAMESPACE, 12],
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
    const other = connect((await openServer({ data: { kind: "open", store: failing } })).port);
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
    const peer = await connectRaw(server.port);
    peer.headers(1, 0, requestFields(`${SERVICE}/GetSystemInfo`, [["grpc-encoding", "snappy"]]));
    peer.data(1, endStream, frameMessage(gzipSync(Buffer.alloc(0)), true));
    await peer.ended(1);
    const fields = peer.stream(1).headers.flat();
    expect(fields).toContain("grpc-status: 12");
    expect(fields.find((field) => field.startsWith("grpc-message:"))).toMatch(/decompress|grpc-encoding|compressor/i);
  });
});
