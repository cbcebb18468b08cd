/**
 * Any method of any service by name over grpc-js: a plain request in, the reply's message or the gRPC error out.
 * A gRPC error is an outcome here, not an exception: scenarios are mostly about them.
 */
import * as grpc from "@grpc/grpc-js";
import type protobuf from "protobufjs";
import { messageType, serviceMethod, toMessage } from "./wire-format.ts";
import type { Plain } from "./wire-format.ts";

export interface WireError {
  code: string;
  message: string;
  /** The google.rpc.Status of `grpc-status-details-bin`, when there was one. */
  status: protobuf.Message | undefined;
}

export interface Exchange {
  method: string;
  requestType: protobuf.Type;
  request: protobuf.Message;
  replyType: protobuf.Type;
  outcome: { reply: protobuf.Message } | { error: WireError } | undefined;
}

export interface CallOptions {
  service?: string;
  /** Default 15 s; `none` sends no deadline. */
  deadlineMs?: number | "none";
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** Another path than that of the method: for methods that do not exist. */
  path?: string;
  /** Bytes to send instead of the request: for messages that cannot be decoded. */
  bytes?: Uint8Array;
}

export const defaultDeadlineMs = 15_000;

const workflowService = "temporal.api.workflowservice.v1.WorkflowService";
export const operatorService = "temporal.api.operatorservice.v1.OperatorService";
export const healthService = "grpc.health.v1.Health";

/** What an SDK sends: servers treat such clients differently from the command line (speculative events in histories). */
const sdkHeaders = {
  "client-name": "temporal-typescript",
  "client-version": "1.24.0",
  "supported-server-versions": ">=1.0.0 <2.0.0",
};

export class Caller {
  readonly #client: grpc.Client;

  constructor(address: string) {
    this.#client = new grpc.Client(address, grpc.credentials.createInsecure(), {
      "grpc.max_receive_message_length": 128 * 1024 * 1024,
      "grpc.use_local_subchannel_pool": 1,
    });
  }

  /** Begins a call; the exchange's outcome is set when the promise resolves. */
  begin(method: string, request: Plain, options: CallOptions = {}): { exchange: Exchange; done: Promise<void> } {
    const service = options.service ?? workflowService;
    const { resolvedRequestType, resolvedResponseType } = serviceMethod(service, method);
    const requestType = resolvedRequestType!;
    const replyType = resolvedResponseType!;
    const exchange: Exchange = {
      method,
      requestType,
      request: toMessage(requestType, request),
      replyType,
      outcome: undefined,
    };
    const metadata = new grpc.Metadata();
    for (const [key, value] of Object.entries({ ...sdkHeaders, ...options.headers })) {
      if (value !== "") metadata.set(key, value);
    }
    const deadlineMs = options.deadlineMs ?? defaultDeadlineMs;
    const callOptions: grpc.CallOptions = deadlineMs === "none" ? {} : { deadline: Date.now() + deadlineMs };
    const done = new Promise<void>((resolve) => {
      const call = this.#client.makeUnaryRequest(
        options.path ?? `/${service}/${method}`,
        (message: protobuf.Message) => Buffer.from(options.bytes ?? requestType.encode(message).finish()),
        (bytes: Buffer) => replyType.decode(bytes),
        exchange.request,
        metadata,
        callOptions,
        (error: grpc.ServiceError | null, reply?: protobuf.Message) => {
          exchange.outcome = error === null ? { reply: reply! } : { error: wireError(error) };
          resolve();
        },
      );
      options.signal?.addEventListener("abort", () => call.cancel(), { once: true });
    });
    return { exchange, done };
  }

  close(): void {
    this.#client.close();
  }
}

function wireError(error: grpc.ServiceError): WireError {
  const details = error.metadata?.get("grpc-status-details-bin")[0];
  const status = details === undefined ? undefined : messageType("google.rpc.Status").decode(details as Buffer);
  return { code: grpc.status[error.code]!, message: error.details, status };
}
