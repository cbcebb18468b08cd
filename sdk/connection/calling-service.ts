import type { Method } from "../../api/gen/services.js";
import { type Clock, systemClock } from "../../base/index.ts";
import type { CallContext, CallContexts } from "./call-context.ts";
import type { CallHeaders } from "./call-headers.ts";
import type { ConnectionInterceptor, InterceptedCall } from "./retry.ts";
import type { CallMetadata, CallOptions, Service } from "./service.ts";

interface Call {
  readonly method: Method;
  readonly request: unknown;
  readonly deadline: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly metadata: CallMetadata | undefined;
  readonly context: CallContext | undefined;
}

const NO_OPTIONS: CallOptions = {};

/** A service with what a connection adds to each call: headers, the caller's context, interceptors. */
export class CallingService implements Service {
  readonly #service: () => Service | Promise<Service>;
  readonly #headers: CallHeaders;
  readonly #contexts: CallContexts;
  readonly #interceptors: readonly ConnectionInterceptor[];
  readonly #clock: Clock;
  #opened: Service | undefined;
  #isClosed = false;

  constructor(options: {
    /** Opens the transport with the first call. */
    service: () => Service | Promise<Service>;
    headers: CallHeaders;
    contexts: CallContexts;
    interceptors: readonly ConnectionInterceptor[];
    clock?: Clock;
  }) {
    this.#service = options.service;
    this.#headers = options.headers;
    this.#contexts = options.contexts;
    this.#interceptors = options.interceptors;
    this.#clock = options.clock ?? systemClock;
  }

  call<Res>(method: Method, request: unknown, options: CallOptions = NO_OPTIONS): Promise<Res> {
    const context = this.#contexts.current;
    const deadline = this.#deadlineOf(options.timeoutMs, context?.deadline);
    const signal = bothSignals(options.signal, context?.abortSignal);
    const call = { method, request, deadline, signal, metadata: options.metadata, context };
    const interceptors = this.#interceptors;
    if (interceptors.length === 0) return this.#attempt(call) as Promise<Res>;
    const intercepted: InterceptedCall = { method: method.name, request, deadline, signal };
    let next = (): Promise<unknown> => this.#attempt(call);
    for (let i = interceptors.length - 1; i > 0; i--) {
      const inner = next;
      next = () => (interceptors[i] as ConnectionInterceptor)(intercepted, inner);
    }
    try {
      return (interceptors[0] as ConnectionInterceptor)(intercepted, next) as Promise<Res>;
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  /** Nothing is awaited once there is a service and the headers are known: that is nearly every call. */
  #attempt(call: Call): Promise<unknown> {
    try {
      const headers = this.#headers.of(namespaceOf(call.request), call.context?.metadata);
      const service = this.#opened;
      if (service === undefined || headers instanceof Promise) return this.#attemptLater(call, headers);
      return this.#send(call, service, headers);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  async #attemptLater(call: Call, headers: CallMetadata | Promise<CallMetadata>): Promise<unknown> {
    const metadata = await headers;
    return this.#send(call, this.#opened ?? (await this.#open()), metadata);
  }

  #send({ method, request, deadline, signal, metadata }: Call, service: Service, headers: CallMetadata) {
    const timeoutMs = deadline === undefined ? undefined : Math.max(0, deadline - this.#clock.now());
    const all = metadata === undefined ? headers : { ...headers, ...metadata };
    return service.call<unknown>(method, request, { timeoutMs, signal, metadata: all });
  }

  async isCurrentTask(taskToken: Uint8Array): Promise<boolean> {
    return (await this.#opened?.isCurrentTask?.(taskToken)) ?? true;
  }

  close(): void {
    this.#isClosed = true;
    this.#opened?.close();
  }

  async #open(): Promise<Service> {
    const service = await this.#service();
    this.#opened ??= service;
    if (this.#isClosed) service.close();
    return this.#opened;
  }

  #deadlineOf(timeoutMs: number | undefined, deadline: number | Date | undefined): number | undefined {
    const own = timeoutMs === undefined ? undefined : this.#clock.now() + timeoutMs;
    const outer = deadline === undefined ? undefined : Number(deadline);
    if (own === undefined || outer === undefined) return own ?? outer;
    return Math.min(own, outer);
  }
}

function namespaceOf(request: unknown): string | undefined {
  const namespace = (request as { namespace?: unknown } | undefined)?.namespace;
  return typeof namespace === "string" ? namespace : undefined;
}

function bothSignals(one: AbortSignal | undefined, other: AbortSignal | undefined): AbortSignal | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return AbortSignal.any([one, other]);
}
