import { markErrorClass } from "../common/error-class.ts";
import { composeInterceptors } from "../common/interceptors.ts";
import type { TypeInfo } from "../common/type-info.ts";
import { BaseClient, type BaseClientOptions, type LoadedWithDefaults } from "./base-client.ts";
import type { ClientContext } from "./calls/client-context.ts";
import { loadCalls } from "./lazy-calls.ts";
import type { NexusClientInterceptor, StartNexusOperationInput } from "./nexus-interceptors.ts";
import type {
  DescribeNexusOperationOptions,
  GetNexusOperationHandleOptions,
  ListNexusOperationsOptions,
  NexusOperationExecution,
  NexusOperationExecutionCount,
  NexusOperationExecutionDescription,
  StartNexusOperationOptions,
} from "./nexus-types.ts";

/** Options of a `NexusClient`. */
export interface NexusClientOptions extends BaseClientOptions {
  interceptors?: NexusClientInterceptor[];
}

/** Options with defaults filled in and the data converter loaded. */
export type LoadedNexusClientOptions = LoadedWithDefaults<NexusClientOptions>;

declare const inputBrand: unique symbol;
declare const outputBrand: unique symbol;

/** An operation of a service definition of `nexus-rpc`, as far as clients look at it. */
export interface NexusOperationDefinition<I = any, O = any> {
  name: string;
  /** Exist for the type checker only, under the names of `nexus-rpc`. */
  [inputBrand]?: I;
  [outputBrand]?: O;
}

/** A service definition of `nexus-rpc`, as far as clients look at it. */
export interface NexusServiceDefinition {
  name: string;
  operations: Record<string, NexusOperationDefinition>;
}

/** One standalone Nexus operation, as a client sees it. */
export interface NexusOperationHandle<O = unknown> {
  readonly operationId: string;
  /** undefined for the latest. */
  readonly runId?: string;
  readonly client: NexusClient;
  /** @throws NexusOperationFailureError whose cause is the failure. */
  result(): Promise<O>;
  describe(options?: DescribeNexusOperationOptions): Promise<NexusOperationExecutionDescription>;
  /** Asks the operation to end. */
  cancel(reason?: string): Promise<void>;
  terminate(reason?: string): Promise<void>;
}

/** The operations of one service at one endpoint. */
export interface NexusServiceClient<T extends NexusServiceDefinition = NexusServiceDefinition> {
  readonly endpoint: string;
  readonly service: T;
  startOperation<O = any>(
    operation: (keyof T["operations"] & string) | T["operations"][keyof T["operations"]],
    input: unknown,
    options: StartNexusOperationOptions,
  ): Promise<NexusOperationHandle<O>>;
  executeOperation<O = any>(
    operation: (keyof T["operations"] & string) | T["operations"][keyof T["operations"]],
    input: unknown,
    options: StartNexusOperationOptions,
  ): Promise<O>;
}

/** Standalone Nexus operations, which no workflow calls. `client.nexus` of a `Client` is one. */
export class NexusClient extends BaseClient {
  readonly options: LoadedNexusClientOptions;
  readonly #interceptors: readonly NexusClientInterceptor[];

  constructor(options?: NexusClientOptions) {
    super(options);
    this.#interceptors = options?.interceptors ?? [];
    this.options = this.optionsWithDefaults(options, { interceptors: [] });
  }

  createServiceClient<T extends NexusServiceDefinition>(options: {
    endpoint: string;
    service: T;
  }): NexusServiceClient<T> {
    const { endpoint, service } = options;
    const startOperation: NexusServiceClient<T>["startOperation"] = (operation, arg, startOptions) => {
      const definition =
        typeof operation === "string" ? service.operations[operation] : (operation as NexusOperationDefinition);
      if (definition === undefined)
        throw new TypeError(`Service ${service.name} has no operation ${String(operation)}`);
      const input = { ...startOptions, endpoint, service: service.name, operation: definition.name, arg };
      return this.#start(input);
    };
    return {
      endpoint,
      service,
      startOperation,
      executeOperation: async <O>(...args: Parameters<typeof startOperation>) =>
        (await startOperation<O>(...args)).result(),
    };
  }

  /** A handle of an operation; the server is not asked. */
  getHandle<O = unknown>(operationId: string, options?: GetNexusOperationHandleOptions): NexusOperationHandle<O> {
    return this.#handle(operationId, options?.runId, options?.typeInfo?.outputType);
  }

  /** Operations that match a query; the list may lag behind a little. */
  list(options: ListNexusOperationsOptions = {}): AsyncIterable<NexusOperationExecution> {
    return composeInterceptors(this.#interceptors, "list", (input) => this.#list(input))(options);
  }

  /** How many operations match a query. */
  async count(query?: string): Promise<NexusOperationExecutionCount> {
    const calls = await loadCalls();
    const count = composeInterceptors(this.#interceptors, "count", (input) =>
      calls.countNexusOperations(this.#context(), input.query),
    );
    return count(query === undefined ? {} : { query });
  }

  async #start<O>(input: StartNexusOperationInput): Promise<NexusOperationHandle<O>> {
    const calls = await loadCalls();
    const start = composeInterceptors(this.#interceptors, "startOperation", async (next) => {
      const { runId } = await calls.startNexusOperation(this.#context(), next);
      return this.#handle(next.id, runId, next.outputType);
    });
    return (await start(input)) as NexusOperationHandle<O>;
  }

  async *#list(options: ListNexusOperationsOptions): AsyncGenerator<NexusOperationExecution> {
    const calls = await loadCalls();
    yield* calls.listNexusOperations(this.#context(), options);
  }

  #handle<O>(
    operationId: string,
    runId: string | undefined,
    outputType: TypeInfo | undefined,
  ): NexusOperationHandle<O> {
    const run = runId === undefined ? { operationId } : { operationId, runId };
    const context = this.#context();
    const all = this.#interceptors;
    const withReason = (reason: string | undefined) => (reason === undefined ? run : { ...run, reason });
    return {
      ...run,
      client: this,
      async result() {
        const calls = await loadCalls();
        const get = composeInterceptors(all, "getResult", (input) => calls.nexusOperationResult(context, input));
        return (await get(outputType === undefined ? run : { ...run, outputType })) as O;
      },
      async describe() {
        const calls = await loadCalls();
        return composeInterceptors(all, "describe", (input) => calls.describeNexusOperation(context, input))(run);
      },
      async cancel(reason) {
        const calls = await loadCalls();
        const cancel = composeInterceptors(all, "cancel", (input) => calls.cancelNexusOperation(context, input));
        await cancel(withReason(reason));
      },
      async terminate(reason) {
        const calls = await loadCalls();
        const terminate = composeInterceptors(all, "terminate", (input) =>
          calls.terminateNexusOperation(context, input),
        );
        await terminate(withReason(reason));
      },
    };
  }

  #context(): ClientContext {
    const { namespace, identity } = this.options;
    const { connection } = this;
    const { workflowService } = connection;
    return { connection, workflowService, namespace, identity, converter: this.dataConverter };
  }
}

/** A standalone Nexus operation did not complete: the `cause` is the failure. */
export class NexusOperationFailureError extends Error {
  override readonly cause: Error;

  constructor(message: string, cause: Error) {
    super(message);
    this.cause = cause;
  }
}
markErrorClass(NexusOperationFailureError, "NexusOperationFailureError");

/** There is an operation of this id, and the policies forbid another. */
export class NexusOperationAlreadyStartedError extends Error {
  readonly operationId: string;
  readonly runId?: string | undefined;

  constructor(operationId: string, runId?: string) {
    super(`Nexus operation already started: '${operationId}'`);
    this.operationId = operationId;
    this.runId = runId;
  }
}
markErrorClass(NexusOperationAlreadyStartedError, "NexusOperationAlreadyStartedError");

/** There is no operation of this id. */
export class NexusOperationNotFoundError extends Error {
  readonly operationId: string;
  readonly runId?: string | undefined;

  constructor(operationId: string, runId?: string) {
    super(`Nexus operation not found: '${operationId}'`);
    this.operationId = operationId;
    this.runId = runId;
  }
}
markErrorClass(NexusOperationNotFoundError, "NexusOperationNotFoundError");
