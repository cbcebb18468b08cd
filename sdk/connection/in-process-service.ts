/**
 * The service of a server in the same process: calls are function calls. Requests and replies are still encoded, so
 * that neither side sees the other's objects and behaviour is that of a connection.
 */
import type { Method } from "../../api/gen/services.js";
import { systemClock, systemTimers } from "../../base/index.ts";
import type { Clock, Timers } from "../../base/index.ts";
import { GrpcError, type ServerCall, statusCodes, type UnaryHandler } from "../../rpc/index.ts";
import { rpcErrorOf } from "./grpc-service.ts";
import { RpcError } from "./rpc-error.ts";
import type { CallMetadata, CallOptions, Service } from "./service.ts";

/** What a server in this process gives to be called: the handler of a path. */
export interface InProcessTarget {
  route(path: string): UnaryHandler | undefined;
}

const NO_METADATA: CallMetadata = {};

export class InProcessService implements Service {
  readonly #target: InProcessTarget;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #open = new Set<InProcessCall>();
  #isClosed = false;

  constructor(target: InProcessTarget, time: { clock?: Clock; timers?: Timers } = {}) {
    this.#target = target;
    this.#clock = time.clock ?? systemClock;
    this.#timers = time.timers ?? systemTimers;
  }

  call<Res>(method: Method, request: unknown, options: CallOptions = {}): Promise<Res> {
    return new Promise<Res>((resolve, reject) => {
      if (this.#isClosed) return reject(statusError(statusCodes.cancelled, "the connection is closed"));
      const { signal, timeoutMs } = options;
      if (signal?.aborted) return reject(abortError(signal));
      const handler = this.#target.route(method.path);
      if (handler === undefined) return reject(statusError(statusCodes.unimplemented, `unknown method ${method.path}`));
      const deadline = timeoutMs === undefined ? undefined : this.#clock.now() + timeoutMs;
      const call = new InProcessCall({
        path: method.path,
        metadata: options.metadata ?? NO_METADATA,
        deadline,
        reject,
      });
      this.#open.add(call);
      call.onOver(() => this.#open.delete(call));
      if (timeoutMs !== undefined) {
        const timer = this.#timers.set(timeoutMs, () =>
          call.giveUp(statusError(statusCodes.deadlineExceeded, "deadline exceeded")),
        );
        call.onOver(() => this.#timers.clear(timer));
      }
      if (signal !== undefined) {
        const onAbort = (): void => call.giveUp(abortError(signal));
        signal.addEventListener("abort", onAbort);
        call.onOver(() => signal.removeEventListener("abort", onAbort));
      }
      const succeed = (reply: Uint8Array): void => {
        if (!call.finish()) return;
        try {
          resolve(method.response.decode(reply) as Res);
        } catch (error) {
          reject(error as Error);
        }
      };
      const fail = (error: unknown): void => {
        if (call.finish()) reject(asRpcError(error));
      };
      try {
        const reply = handler(method.request.encode(request as never), call);
        if (reply instanceof Uint8Array) succeed(reply);
        else reply.then(succeed, fail);
      } catch (error) {
        fail(error);
      }
    });
  }

  close(): void {
    this.#isClosed = true;
    for (const call of this.#open) call.giveUp(statusError(statusCodes.cancelled, "the connection is closed"));
  }
}

/** What the handler sees of a call. Over once: answered, or given up by the caller. */
class InProcessCall implements ServerCall {
  readonly path: string;
  readonly metadata: ServerCall["metadata"];
  readonly deadline: number | undefined;
  readonly peer = "in-process";
  cancelled = false;
  readonly #reject: (error: Error) => void;
  #isOver = false;
  #cancelListeners: (() => void)[] | undefined;
  #overListeners: (() => void)[] = [];

  constructor(input: {
    path: string;
    metadata: CallMetadata;
    deadline: number | undefined;
    reject: (error: Error) => void;
  }) {
    this.path = input.path;
    this.metadata = metadataOf(input.metadata);
    this.deadline = input.deadline;
    this.#reject = input.reject;
  }

  onCancel(listener: () => void): void {
    if (this.cancelled) listener();
    else if (!this.#isOver) (this.#cancelListeners ??= []).push(listener);
  }

  setTrailer(): void {}

  onOver(listener: () => void): void {
    this.#overListeners.push(listener);
  }

  /** False when the call was over already. */
  finish(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    for (const listener of this.#overListeners) listener();
    return true;
  }

  giveUp(error: Error): void {
    if (!this.finish()) return;
    this.cancelled = true;
    for (const listener of this.#cancelListeners ?? []) listener();
    this.#reject(error);
  }
}

function metadataOf(metadata: CallMetadata): ServerCall["metadata"] {
  const text = (name: string): string | undefined => {
    const value = metadata[name];
    return typeof value === "string" ? value : undefined;
  };
  return {
    get: text,
    getAll: (name) => {
      const value = text(name);
      return value === undefined ? [] : [value];
    },
    getBinary: (name) => {
      const value = metadata[name];
      return value instanceof Uint8Array ? value : undefined;
    },
    *entries() {
      for (const [name, value] of Object.entries(metadata)) {
        yield [name, typeof value === "string" ? value : Buffer.from(value).toString("base64")] as const;
      }
    },
  };
}

function statusError(code: number, details: string): RpcError {
  return new RpcError({ code, details });
}

function abortError(signal: AbortSignal): RpcError {
  return new RpcError({ code: statusCodes.cancelled, details: "the call was aborted", cause: signal.reason });
}

function asRpcError(error: unknown): Error {
  if (error instanceof GrpcError) return rpcErrorOf(error);
  return new RpcError({ code: statusCodes.unknown, details: String((error as Error)?.message ?? error), cause: error });
}
