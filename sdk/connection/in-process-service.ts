/**
 * The service of a server in the same process: calls are function calls. Requests and replies are still encoded, so
 * that neither side sees the other's objects and behaviour is that of a connection.
 */
import type { Method } from "../../api/gen/services.js";
import { systemClock, systemTimers } from "../../base/index.ts";
import type { Clock, TimerHandle, Timers } from "../../base/index.ts";
import { GrpcError, type ServerCall, statusCodes, type UnaryHandler } from "../../rpc/index.ts";
import { rpcErrorOf } from "./grpc-service.ts";
import { RpcError } from "./rpc-error.ts";
import type { CallMetadata, CallOptions, Service } from "./service.ts";

/** What a server in this process gives to be called: the handler of a path. */
export interface InProcessTarget {
  route(path: string): UnaryHandler | undefined;
  /**
   * Whether a workflow task is still its holder's, and all it was made of is durable. A server that answers this may give
   * out tasks before that.
   */
  isCurrentTask?(taskToken: Uint8Array): Promise<boolean>;
}

const NO_METADATA: CallMetadata = {};
/** More calls than this in one turn of the event loop wait for the next. */
const CALLS_PER_TURN = 256;

export class InProcessService implements Service {
  readonly #target: InProcessTarget;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #open = new Set<InProcessCall>();
  #isClosed = false;
  #callsOfTurn = 0;

  constructor(target: InProcessTarget, time: { clock?: Clock; timers?: Timers } = {}) {
    this.#target = target;
    this.#clock = time.clock ?? systemClock;
    this.#timers = time.timers ?? systemTimers;
  }

  call<Res>(method: Method, request: unknown, options: CallOptions = {}): Promise<Res> {
    return new Promise<Res>((resolve, reject) => {
      if (this.#isClosed) return reject(statusError(statusCodes.cancelled, "the connection is closed"));
      const { signal, timeoutMs, metadata = NO_METADATA } = options;
      if (signal?.aborted) return reject(abortError(signal));
      const handler = this.#target.route(method.path);
      if (handler === undefined) return reject(statusError(statusCodes.unimplemented, `unknown method ${method.path}`));
      const deadline = timeoutMs === undefined ? undefined : this.#clock.now() + timeoutMs;
      const call = new InProcessCall({
        method,
        metadata,
        deadline,
        resolve: resolve as Resolve,
        reject,
        open: this.#open,
        isHere: this.#target.isCurrentTask !== undefined,
      });
      if (signal !== undefined) call.obey(callsOf(signal));
      if (timeoutMs !== undefined) call.limit(this.#timers, timeoutMs);
      const bytes = method.request.encode(request as never);
      if (this.#isTurnFull()) this.#timers.immediate(() => call.begin(handler, bytes));
      else call.begin(handler, bytes);
    });
  }

  async isCurrentTask(taskToken: Uint8Array): Promise<boolean> {
    return (await this.#target.isCurrentTask?.(taskToken)) ?? true;
  }

  /** Calls are microtasks: who calls in a tight loop would keep timers and sockets from their turn for ever. */
  #isTurnFull(): boolean {
    if (this.#callsOfTurn === 0) this.#timers.immediate(() => (this.#callsOfTurn = 0));
    return ++this.#callsOfTurn > CALLS_PER_TURN;
  }

  close(): void {
    this.#isClosed = true;
    for (const call of this.#open) call.giveUp(statusError(statusCodes.cancelled, "the connection is closed"));
  }
}

type Resolve = (reply: unknown) => void;
type Reject = (error: Error) => void;

/** The open calls of one signal, behind one listener: polls share theirs. */
const callsOfSignals = new WeakMap<AbortSignal, Set<InProcessCall>>();

function callsOf(signal: AbortSignal): Set<InProcessCall> {
  let calls = callsOfSignals.get(signal);
  if (calls === undefined) {
    const made = new Set<InProcessCall>();
    callsOfSignals.set(signal, (calls = made));
    signal.addEventListener("abort", () => {
      for (const call of made) call.giveUp(abortError(signal));
    });
  }
  return calls;
}

/** What the handler sees of a call. Over once: answered, or given up by the caller. */
class InProcessCall implements ServerCall {
  readonly metadata: ServerCall["metadata"];
  readonly deadline: number | undefined;
  readonly peer = "in-process";
  readonly isHere: boolean;
  cancelled = false;
  readonly #method: Method;
  readonly #resolve: Resolve;
  readonly #reject: Reject;
  readonly #open: Set<InProcessCall>;
  #isOver = false;
  #ofSignal: Set<InProcessCall> | undefined;
  #timers: Timers | undefined;
  #timer: TimerHandle | undefined;
  #cancelListeners: (() => void)[] | undefined;

  constructor(input: {
    method: Method;
    metadata: CallMetadata;
    deadline: number | undefined;
    resolve: Resolve;
    reject: Reject;
    open: Set<InProcessCall>;
    isHere: boolean;
  }) {
    this.#method = input.method;
    this.metadata = metadataOf(input.metadata);
    this.deadline = input.deadline;
    this.isHere = input.isHere;
    this.#resolve = input.resolve;
    this.#reject = input.reject;
    this.#open = input.open;
    this.#open.add(this);
  }

  get path(): string {
    return this.#method.path;
  }

  obey(callsOfSignal: Set<InProcessCall>): void {
    this.#ofSignal = callsOfSignal;
    callsOfSignal.add(this);
  }

  limit(timers: Timers, timeoutMs: number): void {
    this.#timers = timers;
    this.#timer = timers.set(timeoutMs, () =>
      this.giveUp(statusError(statusCodes.deadlineExceeded, "deadline exceeded")),
    );
  }

  onCancel(listener: () => void): void {
    if (this.cancelled) listener();
    else if (!this.#isOver) (this.#cancelListeners ??= []).push(listener);
  }

  setTrailer(): void {}

  begin(handler: UnaryHandler, request: Uint8Array): void {
    if (this.#isOver) return;
    try {
      const reply = handler(request, this);
      if (reply instanceof Uint8Array) this.succeed(reply);
      else {
        reply.then(
          (bytes) => this.succeed(bytes),
          (error: unknown) => this.fail(error),
        );
      }
    } catch (error) {
      this.fail(error);
    }
  }

  succeed(reply: Uint8Array): void {
    if (!this.#finish()) return;
    try {
      this.#resolve(this.#method.response.decode(reply));
    } catch (error) {
      this.#reject(error as Error);
    }
  }

  fail(error: unknown): void {
    if (this.#finish()) this.#reject(asRpcError(error));
  }

  giveUp(error: Error): void {
    if (!this.#finish()) return;
    this.cancelled = true;
    for (const listener of this.#cancelListeners ?? []) listener();
    this.#reject(error);
  }

  /** False when the call was over already. */
  #finish(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#open.delete(this);
    this.#ofSignal?.delete(this);
    if (this.#timer !== undefined) this.#timers?.clear(this.#timer);
    return true;
  }
}

/** Connections use the same object for many calls. */
const viewsOfMetadata = new WeakMap<CallMetadata, ServerCall["metadata"]>();

function metadataOf(metadata: CallMetadata): ServerCall["metadata"] {
  let view = viewsOfMetadata.get(metadata);
  if (view === undefined) viewsOfMetadata.set(metadata, (view = viewOf(metadata)));
  return view;
}

function viewOf(metadata: CallMetadata): ServerCall["metadata"] {
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
