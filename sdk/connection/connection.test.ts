import { expect, test } from "vitest";
import { systemTimers } from "../../base/index.ts";
import { GrpcError, statusCodes, type UnaryHandler } from "../../rpc/index.ts";
import { GetSystemInfoResponse } from "../../api/gen/messages.js";
import { CLIENT_NAME } from "./call-headers.ts";
import {
  Connection,
  type ConnectionOptions,
  defaultGrpcRetryOptions,
  isRetryableError,
  makeGrpcRetryInterceptor,
  parseAddress,
  RpcError,
} from "./index.ts";

/** A connection to a handler that answers everything. */
function connectionTo(handler: UnaryHandler, options: ConnectionOptions = {}): Connection {
  return Connection.inProcess({ route: () => handler }, { interceptors: [], ...options });
}

const ok: UnaryHandler = () => GetSystemInfoResponse.encode({ serverVersion: "1" });
const never: UnaryHandler = () => new Promise(() => {});

async function rejection(promise: Promise<unknown>): Promise<RpcError> {
  return promise.then(
    () => expect.unreachable("resolved"),
    (error: unknown) => error as RpcError,
  );
}

test("calls carry the client's name, the namespace, the API key and metadata of all scopes", async () => {
  const seen: Record<string, string>[] = [];
  const connection = connectionTo(
    (bytes, call) => {
      seen.push(Object.fromEntries(call.metadata.entries()));
      return call.path.endsWith("GetSystemInfo") ? ok(bytes, call) : new Uint8Array(0);
    },
    { metadata: { First: "1", second: "1" }, apiKey: async () => "key" },
  );
  await connection.withMetadata({ SECOND: "2" }, () =>
    connection.withMetadata({ third: "3" }, () => connection.workflowService.describeNamespace({ namespace: "ns" })),
  );
  await connection.withApiKey("other", () => connection.workflowService.getSystemInfo({}));
  connection.setApiKey("new");
  await connection.workflowService.getSystemInfo({});
  expect(seen[0]).toMatchObject({
    "client-name": CLIENT_NAME,
    "temporal-namespace": "ns",
    authorization: "Bearer key",
    first: "1",
    second: "2",
    third: "3",
  });
  expect(seen.slice(1).map(({ authorization }) => authorization)).toEqual(["Bearer other", "Bearer new"]);
  expect(seen[1]).not.toHaveProperty("temporal-namespace");
});

test("an API key and an authorization header contradict each other", () => {
  expect(() => Connection.lazy({ apiKey: "k", metadata: { Authorization: "x" } })).toThrow(/apiKey/);
});

test("a call ends with its deadline, its signal or its connection, and the handler is told", async () => {
  let cancelled = 0;
  const connection = connectionTo((_bytes, call) => {
    call.onCancel(() => cancelled++);
    return new Promise(() => {});
  });
  const call = () => connection.workflowService.getSystemInfo({});
  const controller = new AbortController();
  const late = rejection(connection.withDeadline(Date.now() + 1, call));
  const aborted = rejection(connection.withAbortSignal(controller.signal, call));
  const closed = rejection(call());
  expect((await late).code).toBe(statusCodes.deadlineExceeded);
  controller.abort();
  expect((await aborted).code).toBe(statusCodes.cancelled);
  await connection.close();
  expect((await closed).code).toBe(statusCodes.cancelled);
  expect((await rejection(call())).code).toBe(statusCodes.cancelled);
  expect(cancelled).toBe(3);
});

test("errors have the code, the message and the details of the server's status", async () => {
  const details = new Uint8Array([1, 2]);
  const connection = connectionTo(() => {
    throw new GrpcError(statusCodes.notFound, "no such thing", { details });
  });
  const error = await rejection(connection.workflowService.getSystemInfo({}));
  expect(error).toBeInstanceOf(RpcError);
  expect(error).toMatchObject({ code: 5, details: "no such thing", message: "5 NOT_FOUND: no such thing" });
  expect(error.metadata.get("grpc-status-details-bin")).toEqual([details]);
});

test("a server that does not know GetSystemInfo is a server", async () => {
  const refuse =
    (code: number): UnaryHandler =>
    () => {
      throw new GrpcError(code, "no");
    };
  await expect(connectionTo(refuse(statusCodes.unimplemented)).ensureConnected()).resolves.toBeUndefined();
  const denied = rejection(connectionTo(refuse(statusCodes.unauthenticated)).ensureConnected());
  expect(await denied).toMatchObject({ code: statusCodes.unauthenticated, message: expect.stringContaining("no") });
});

test("an answer that is no message rejects", async () => {
  const error = await rejection(connectionTo(() => new Uint8Array([0xff])).workflowService.getSystemInfo({}));
  expect(error.name).toBe("DecodeError");
});

test("attempts end with the deadline, and the error tells why they failed", async () => {
  const connection = Connection.inProcess({
    route: () => () => {
      throw new GrpcError(statusCodes.unavailable, "not now");
    },
  });
  const call = connection.withDeadline(Date.now() + 1, () => connection.workflowService.getSystemInfo({}));
  expect(await rejection(call)).toMatchObject({
    code: statusCodes.deadlineExceeded,
    details: expect.stringContaining("not now"),
  });
});

test("connecting where nobody listens names the address", async () => {
  const error = await rejection(Connection.connect({ address: "127.0.0.1:17499", connectTimeout: 1 }));
  expect(error.message).toContain("127.0.0.1:17499");
});

test("a call that failed for a passing reason is made again", async () => {
  let attempts = 0;
  const flaky: UnaryHandler = (bytes, call) => {
    if (++attempts < 3) throw new GrpcError(statusCodes.unavailable, "soon");
    return ok(bytes, call);
  };
  const retry = makeGrpcRetryInterceptor({ ...defaultGrpcRetryOptions(), delayFunction: () => 0 });
  await connectionTo(flaky, { interceptors: [retry] }).workflowService.getSystemInfo({});
  expect(attempts).toBe(3);
});

test("a call that waited before it was cut off has its attempts again", async () => {
  let nowMs = 0;
  const time = { clock: { now: () => nowMs }, timers: systemTimers };
  const retry = makeGrpcRetryInterceptor({ ...defaultGrpcRetryOptions(), delayFunction: () => 0 }, time);
  let attempts = 0;
  const cutOff: UnaryHandler = (bytes, call) => {
    nowMs += 60_000;
    if (++attempts < 50) throw new GrpcError(statusCodes.unavailable, "the server restarts");
    return ok(bytes, call);
  };
  await connectionTo(cutOff, { interceptors: [retry] }).workflowService.getSystemInfo({});
  expect(attempts).toBe(50);
});

test.each([
  [0, false],
  [1, false],
  [2, true],
  [3, false],
  [4, false],
  [5, false],
  [8, true],
  [10, true],
  [11, true],
  [13, false],
  [14, true],
  [15, true],
])("code %i is retried: %s", (code, isRetried) => {
  expect(isRetryableError({ code })).toBe(isRetried);
});

test("what is too large is not sent again", () => {
  expect(isRetryableError({ code: 8, details: "grpc: received message larger than max (5 vs. 4)" })).toBe(false);
});

test("delays grow by a factor, up to a limit, and are longer when resources are exhausted", () => {
  const { delayFunction, retryableDecider } = defaultGrpcRetryOptions({ maxJitter: 0 });
  expect([1, 2, 9].map((attempt) => delayFunction(attempt, { code: 14 }))).toEqual([170, 100 * 1.7 ** 2, 5_000]);
  expect(delayFunction(1, { code: 8 })).toBe(1_700);
  expect([retryableDecider(9, { code: 14 }), retryableDecider(10, { code: 14 })]).toEqual([true, false]);
});

test.each([
  ["localhost", { host: "localhost", port: 7233 }],
  ["a.b:80", { host: "a.b", port: 80 }],
  ["[::1]:8080", { host: "::1", port: 8080 }],
  ["[::1]", { host: "::1", port: 7233 }],
])("address %s is understood", (address, expected) => {
  expect(parseAddress(address)).toEqual(expected);
});

test.each(["http://a:1", "a:b", "", "a:99999", "::1"])("address %j is refused", (address) => {
  expect(() => parseAddress(address)).toThrow(/expected 'host:port'/);
});

test("objects of grpc-js are refused with what to use instead", () => {
  expect(() => Connection.lazy({ credentials: {} } as never)).toThrow(/use tls, apiKey or metadata/);
  expect(() => connectionTo(never)).not.toThrow();
});
