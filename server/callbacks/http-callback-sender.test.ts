import { createServer } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Failure, HistoryEvent, Payload, Payloads } from "../../api/gen/messages.js";
import type { Input } from "../../api/codec.ts";
import { httpCallbackSender } from "./http-callback-sender.ts";

let status = 200;
let heard: { headers: IncomingHttpHeaders; body: string } | undefined;
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    heard = { headers: request.headers, body: Buffer.concat(chunks).toString() };
    response.writeHead(status).end();
  });
});
let url = "";

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/done`;
});

afterAll(() => void server.close());

const send = (event: Input<HistoryEvent>, to = url) =>
  httpCallbackSender().send({
    url: to,
    header: { "x-mine": "yes" },
    ...{ namespace: "default", workflowId: "w/1", runId: "r", startTime: 1_000, closeTime: 2_500 },
    closeEvent: HistoryEvent.decode(HistoryEvent.encode(event)),
  });

const value = (encoding: string, data: string): Uint8Array =>
  Payloads.encode({
    payloads: [Payload.encode({ metadata: { encoding: Buffer.from(encoding) }, data: Buffer.from(data) })],
  });

const completed = (result?: Uint8Array): Input<HistoryEvent> => ({
  workflowExecutionCompletedEventAttributes: { result },
});

test("a result is told as its content, with when the run began and ended, and a link to it", async () => {
  expect(await send(completed(value("json/plain", '"result"')))).toEqual({ kind: "taken" });
  expect(heard?.body).toBe('"result"');
  expect(heard?.headers).toMatchObject({
    "content-type": "application/json",
    "x-mine": "yes",
    "nexus-operation-state": "succeeded",
    "nexus-operation-start-time": "Thu, 01 Jan 1970 00:00:01 GMT",
    "nexus-operation-close-time": "1970-01-01T00:00:02.500Z",
    "nexus-link": expect.stringContaining("temporal:///namespaces/default/workflows/w%2F1/r/history?"),
  });
});

const failure = Failure.encode({
  message: "broken",
  source: "here",
  applicationFailureInfo: { type: "Error", nonRetryable: true },
  cause: Failure.encode({ message: "deeper" }),
});

test.each([
  ["nothing", completed(), "succeeded", undefined, ""],
  ["null", completed(value("binary/null", "")), "succeeded", undefined, ""],
  ["bytes", completed(value("binary/plain", "xyz")), "succeeded", "application/octet-stream", "xyz"],
  [
    "a failure",
    { workflowExecutionFailedEventAttributes: { failure } },
    "failed",
    "application/json",
    '{"message":"broken","metadata":{"type":"temporal.api.failure.v1.Failure"},"details":{"source":"here","cause":{"message":"deeper"},"applicationFailureInfo":{"type":"Error","nonRetryable":true}}}',
  ],
  [
    "a termination",
    { workflowExecutionTerminatedEventAttributes: {} },
    "failed",
    "application/json",
    '{"message":"operation terminated","metadata":{"type":"temporal.api.failure.v1.Failure"},"details":{"terminatedFailureInfo":{}}}',
  ],
  [
    "a cancellation",
    { workflowExecutionCanceledEventAttributes: {} },
    "canceled",
    "application/json",
    '{"message":"operation canceled","metadata":{"type":"temporal.api.failure.v1.Failure"},"details":{"canceledFailureInfo":{}}}',
  ],
  [
    "a time-out",
    { workflowExecutionTimedOutEventAttributes: {} },
    "failed",
    "application/json",
    '{"message":"operation exceeded internal timeout","metadata":{"type":"temporal.api.failure.v1.Failure"},"details":{"timeoutFailureInfo":{}}}',
  ],
] as const)("%s is told", async (_what, event, state, type, body) => {
  await send(event);
  expect(heard?.headers["nexus-operation-state"]).toBe(state);
  expect(heard?.headers["content-type"]).toBe(type);
  expect(heard?.body).toBe(body);
});

test.each([
  [204, { kind: "taken" }],
  [400, { kind: "refused", message: "handler error (BAD_REQUEST)", isRetryable: false }],
  [404, { kind: "refused", message: "handler error (NOT_FOUND)", isRetryable: false }],
  [408, { kind: "refused", message: "handler error (REQUEST_TIMEOUT)", isRetryable: true }],
  [429, { kind: "refused", message: "handler error (RESOURCE_EXHAUSTED)", isRetryable: true }],
  [500, { kind: "refused", message: "handler error (INTERNAL)", isRetryable: true }],
  [501, { kind: "refused", message: "handler error (NOT_IMPLEMENTED)", isRetryable: false }],
  [503, { kind: "refused", message: "handler error (UNAVAILABLE)", isRetryable: true }],
])("status %i", async (code, answer) => {
  status = code;
  expect(await send(completed())).toEqual(answer);
  status = 200;
});

test("where nobody listens there will be another attempt", async () => {
  expect(await send(completed(), "http://127.0.0.1:1/")).toMatchObject({ kind: "refused", isRetryable: true });
});
