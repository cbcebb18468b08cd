import type { Method } from "../../api/gen/services.js";
import { type Clock, systemClock } from "../../base/index.ts";
import type { CallContexts } from "./call-context.ts";
import type { CallHeaders } from "./call-headers.ts";
import type { ConnectionInterceptor, InterceptedCall } from "./retry.ts";
import type { CallOptions, Service } from "./service.ts";

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

  async call<Res>(method: Method, request: unknown, options: CallOptions = {}): Promise<Res> {
    const context = this.#contexts.current;
    const deadline = this.#deadlineOf(options.timeoutMs, context?.deadline);
    const signal = bothSignals(options.signal, context?.abortSignal);
    const attempt = async (): Promise<unknown> => {
      const headers = this.#headers.of(namespaceOf(request), context?.metadata);
      const metadata = headers instanceof Promise ? await headers : headers;
      const service = this.#opened ?? (await this.#open());
      const timeoutMs = deadline === undefined ? undefined : Math.max(0, deadline - this.#clock.now());
      const all = options.metadata === undefined ? metadata : { ...metadata, ...options.metadata };
      return service.call(method, request, { timeoutMs, signal, metadata: all });
    };
    if (this.#interceptors.length === 0) return attempt() as Promise<Res>;
    const intercepted: InterceptedCall = { method: method.name, request, deadline, signal };
    const next = this.#interceptors.reduceRight<() => Promise<unknown>>(
      (inner, interceptor) => () => interceptor(intercepted, inner),
      attempt,
    );
    return next() as Promise<Res>;
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
