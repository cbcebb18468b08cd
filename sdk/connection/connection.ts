import type { AsyncLocalStorage } from "node:async_hooks";
import { type Clock, systemClock, systemTimers } from "../../base/index.ts";
import { msToNumber } from "../common/duration.ts";
import { LOCAL_TARGET, parseAddress } from "./address.ts";
import { type CallContext, CallContexts, type Metadata } from "./call-context.ts";
import { type ApiKey, CallHeaders } from "./call-headers.ts";
import { CallingService } from "./calling-service.ts";
import { connectProblem, isLastingProblem } from "./connect-problem.ts";
import type { ConnectionOptions, ConnectionOptionsWithDefaults, ConnectionPlugin } from "./connection-options.ts";
import { healthFacade, type HealthServiceMethods } from "./health-facade.ts";
import type { InProcessTarget } from "./in-process-service.ts";
import { defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from "./retry.ts";
import type { Service } from "./service.ts";
import {
  type OperatorServiceMethods,
  serviceFacade,
  type TestServiceMethods,
  type WorkflowServiceMethods,
} from "./service-facade.ts";
import { tlsOptionsOf } from "./tls.ts";
import type { TLSConfigOption } from "./tls.ts";
import { UNAVAILABLE, UNIMPLEMENTED } from "./status-codes.ts";

const CONNECT_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 30_000;
const KEEP_ALIVE_TIMEOUT_MS = 15_000;
const CONNECT_RETRY_MS = 200;

/** What a connection is made of: its options and its transport. */
export interface ConnectionParts {
  readonly options: ConnectionOptionsWithDefaults;
  readonly apiKey: ApiKey | undefined;
  /** What was asked for: to say what may be wrong with it. */
  readonly tls?: TLSConfigOption;
  /** Opens the transport; called once, with the first call. */
  readonly transport: () => Service | Promise<Service>;
  readonly clock?: Clock;
}

/**
 * A connection to a server. Connections are costly and clients are not: share one among clients, and close it when
 * nothing uses it.
 */
export class Connection implements AsyncDisposable {
  readonly options: ConnectionOptionsWithDefaults;
  /** All calls with this connection's headers, contexts and retries. */
  readonly service: Service;
  /** The methods of the workflow service; the namespace is not filled in. */
  readonly workflowService: WorkflowServiceMethods;
  readonly operatorService: OperatorServiceMethods;
  /** Only test servers have it. */
  readonly testService: TestServiceMethods;
  readonly healthService: HealthServiceMethods;
  readonly plugins: ConnectionPlugin[];
  /** The contexts of `withDeadline` and its like, for code that reads them. */
  readonly callContextStorage: AsyncLocalStorage<CallContext>;
  readonly #tls: TLSConfigOption;
  readonly #contexts = new CallContexts();
  readonly #headers: CallHeaders;
  readonly #clock: Clock;
  #connecting: Promise<void> | undefined;

  /** Does not check that there is a server; {@link Connection.connect} does. */
  static lazy(options?: ConnectionOptions): Connection {
    return new this(grpcParts(options));
  }

  /**
   * Connects and checks that there is a server.
   *
   * @throws an error that names the address when no server answers within `connectTimeout`.
   */
  static async connect(options?: ConnectionOptions): Promise<Connection> {
    const connection = this.lazy(options);
    try {
      await connection.ensureConnected();
    } catch (error) {
      await connection.close();
      throw error;
    }
    return connection;
  }

  /** A connection to a server in this process, by function calls. */
  static inProcess(
    server: InProcessTarget,
    options?: Omit<ConnectionOptions, "address" | "tls" | "channelArgs">,
  ): Connection {
    const parts = grpcParts(options);
    const transport = (): Promise<Service> =>
      import("./in-process-service.ts").then(({ InProcessService }) => new InProcessService(server));
    return new this({ ...parts, transport, options: { ...parts.options, address: "in-process" } });
  }

  protected constructor(parts: ConnectionParts) {
    const { options } = parts;
    this.options = options;
    this.#tls = parts.tls;
    this.#clock = parts.clock ?? systemClock;
    this.#headers = new CallHeaders({ metadata: options.metadata, apiKey: parts.apiKey });
    this.callContextStorage = this.#contexts.storage;
    this.service = new CallingService({
      service: once(parts.transport),
      headers: this.#headers,
      contexts: this.#contexts,
      interceptors: options.interceptors,
      clock: this.#clock,
    });
    this.workflowService = serviceFacade(this.service, "workflowService");
    this.operatorService = serviceFacade(this.service, "operatorService");
    this.testService = serviceFacade(this.service, "testService");
    this.healthService = healthFacade(this.service);
    this.plugins = options.plugins;
  }

  /** Resolves once a server has answered; asks only once. */
  ensureConnected(): Promise<void> {
    this.#connecting ??= this.#connect();
    return this.#connecting;
  }

  /** Calls made by `fn` fail with DEADLINE_EXCEEDED after the deadline. */
  withDeadline<R>(deadline: number | Date, fn: () => Promise<R>): Promise<R> {
    return this.#contexts.with({ deadline }, fn);
  }

  /** Calls made by `fn` fail with CANCELLED when the signal is aborted. */
  withAbortSignal<R>(abortSignal: AbortSignal, fn: () => Promise<R>): Promise<R> {
    return this.#contexts.with({ abortSignal }, fn);
  }

  /** Calls made by `fn` have this metadata too. */
  withMetadata<R>(metadata: Metadata, fn: () => Promise<R>): Promise<R> {
    return this.#contexts.with({ metadata }, fn);
  }

  /** Calls made by `fn` have this API key. */
  withApiKey<R>(apiKey: string, fn: () => Promise<R>): Promise<R> {
    return this.withMetadata({ authorization: `Bearer ${apiKey}` }, fn);
  }

  /** All later calls have this API key. */
  setApiKey(apiKey: ApiKey): void {
    this.#headers.setApiKey(apiKey);
  }

  async close(): Promise<void> {
    this.service.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Every kind of server answers GetSystemInfo, or says that it does not know it. */
  async #connect(): Promise<void> {
    const { connectTimeoutMs, address } = this.options;
    const deadline = this.#clock.now() + connectTimeoutMs;
    for (;;) {
      try {
        await this.withDeadline(deadline, () => this.workflowService.getSystemInfo({}));
        return;
      } catch (error) {
        const code = (error as { code?: unknown }).code;
        if (code === UNIMPLEMENTED) return;
        const isLate = this.#clock.now() + CONNECT_RETRY_MS >= deadline;
        if (code !== UNAVAILABLE || isLate || isLastingProblem(error)) {
          const reason = connectProblem(error, this.#tls);
          throw Object.assign(new Error(`Failed to connect to the server at ${address}: ${reason}`, { cause: error }), {
            code,
          });
        }
        await new Promise<void>((resolve) => systemTimers.set(CONNECT_RETRY_MS, resolve));
      }
    }
  }
}

function grpcParts(given: ConnectionOptions = {}): ConnectionParts {
  const options = (given.plugins ?? []).reduce(
    (current, plugin) => plugin.configureConnection?.(current) ?? current,
    given,
  );
  const withDefaults = optionsWithDefaults(options);
  const { channelArgs } = withDefaults;
  return {
    options: withDefaults,
    apiKey: options.apiKey,
    tls: options.tls ?? options.apiKey !== undefined,
    async transport() {
      const { GrpcService } = await import("./grpc-service.ts");
      return new GrpcService({
        ...parseAddress(withDefaults.address),
        tls: tlsOptionsOf(options.tls, options.apiKey !== undefined),
        connectTimeoutMs: withDefaults.connectTimeoutMs,
        keepAliveMs: numberOf(channelArgs["grpc.keepalive_time_ms"]),
        keepAliveTimeoutMs: numberOf(channelArgs["grpc.keepalive_timeout_ms"]),
      });
    },
  };
}

function optionsWithDefaults(options: ConnectionOptions): ConnectionOptionsWithDefaults {
  for (const name of ["credentials", "callCredentials"]) {
    if (name in options) {
      throw new TypeError(
        `ConnectionOptions.${name} are objects of @grpc/grpc-js: use tls, apiKey or metadata instead`,
      );
    }
  }
  const { address = LOCAL_TARGET, connectTimeout = CONNECT_TIMEOUT_MS, metadata = {}, plugins = [] } = options;
  parseAddress(address);
  return {
    address,
    connectTimeoutMs: msToNumber(connectTimeout),
    metadata,
    plugins,
    payloadLimits: options.payloadLimits ?? {},
    interceptors: options.interceptors ?? [makeGrpcRetryInterceptor(defaultGrpcRetryOptions())],
    channelArgs: {
      "grpc.keepalive_time_ms": KEEP_ALIVE_MS,
      "grpc.keepalive_timeout_ms": KEEP_ALIVE_TIMEOUT_MS,
      ...options.channelArgs,
    },
  };
}

function numberOf(value: string | number | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}

function once<T extends object>(make: () => T | Promise<T>): () => T | Promise<T> {
  let made: T | Promise<T> | undefined;
  return () => (made ??= make());
}
