/** Operations of Nexus services, called from workflow code. Service definitions are those of the package `nexus-rpc`. */
import type { TypeInfo } from "../common/index.ts";
import { CancellationScope } from "./cancellation-scope.ts";
import { commandMetadata, pushCommand } from "./commands.ts";
import { payloadOf } from "./conversion.ts";
import { requireRun } from "./current-run.ts";
import { outbound } from "./interceptor-chain.ts";
import type {
  StartNexusOperationInput,
  StartNexusOperationOptions,
  StartNexusOperationOutput,
} from "./interceptors.ts";
import { timeoutMs } from "./options-to-records.ts";
import { recordSite } from "./stack-traces.ts";

/** An operation as `nexus.operation` makes it; its brands carry the types of input and output. */
export interface NexusOperationDefinition {
  readonly name: string;
  readonly inputType?: unknown;
  readonly outputType?: unknown;
}

/** A service as `nexus.service` makes it. */
export interface NexusServiceDefinition {
  readonly name: string;
  readonly operations: Readonly<Record<string, NexusOperationDefinition>>;
}

/** The types in the two brands of an operation: properties with symbols for names, input first. */
type Brands<O> = { [K in keyof O as K extends symbol ? K : never]: O[K] };
type TypeOfBrand<O, Which extends "inputType" | "outputType"> = O extends { [K in Which]?: infer Info }
  ? NonNullable<Info> extends { transferTypeConverter?: infer Converter }
    ? NonNullable<Converter> extends { fromTransferType(value: any): infer T }
      ? T
      : any
    : any
  : any;

export type NexusOperationInput<O> = [Brands<O>] extends [never] ? any : TypeOfBrand<O, "inputType">;
export type NexusOperationOutput<O> = [Brands<O>] extends [never] ? any : TypeOfBrand<O, "outputType">;

/** Calls the operations of one service at one endpoint. */
export interface NexusServiceClient<T extends NexusServiceDefinition> {
  /** Starts an operation, given itself or by the name of its property, and returns its result. */
  executeOperation<O extends T["operations"][keyof T["operations"]]>(
    op: O,
    input: NexusOperationInput<O>,
    options?: Partial<StartNexusOperationOptions>,
  ): Promise<NexusOperationOutput<O>>;
  executeOperation<K extends keyof T["operations"] & string>(
    op: K,
    input: NexusOperationInput<T["operations"][K]>,
    options?: Partial<StartNexusOperationOptions>,
  ): Promise<NexusOperationOutput<T["operations"][K]>>;
  /** Starts an operation and returns when it has started. */
  startOperation<O extends T["operations"][keyof T["operations"]]>(
    op: O,
    input: NexusOperationInput<O>,
    options?: Partial<StartNexusOperationOptions>,
  ): Promise<NexusOperationHandle<NexusOperationOutput<O>>>;
  startOperation<K extends keyof T["operations"] & string>(
    op: K,
    input: NexusOperationInput<T["operations"][K]>,
    options?: Partial<StartNexusOperationOptions>,
  ): Promise<NexusOperationHandle<NexusOperationOutput<T["operations"][K]>>>;
}

/** A Nexus operation that was started. */
export interface NexusOperationHandle<T> {
  readonly service: string;
  readonly operation: string;
  /** Empty when the operation was done at once. */
  readonly token?: string;
  result(): Promise<T>;
}

/** Options of `createNexusServiceClient`. */
export interface NexusServiceClientOptions<T> {
  endpoint: string;
  service: T;
}

/** Whether cancellation reaches an operation, and when the call reports it. */
export const NexusOperationCancellationType = {
  /** The operation is not told; the call fails at once. */
  ABANDON: "ABANDON",
  /** The operation is told; the call fails at once. */
  TRY_CANCEL: "TRY_CANCEL",
  /** The call fails when the request was delivered. */
  WAIT_CANCELLATION_REQUESTED: "WAIT_CANCELLATION_REQUESTED",
  /** The call ends as the operation ends. The default. */
  WAIT_CANCELLATION_COMPLETED: "WAIT_CANCELLATION_COMPLETED",
} as const;
export type NexusOperationCancellationType =
  (typeof NexusOperationCancellationType)[keyof typeof NexusOperationCancellationType];

/** A client for the operations of `service` at `endpoint`. */
export function createNexusServiceClient<T extends NexusServiceDefinition>(
  options: NexusServiceClientOptions<T>,
): NexusServiceClient<T> {
  const { endpoint, service } = options;
  const start = async (
    op: NexusOperationDefinition | string,
    input: unknown,
    operationOptions: Partial<StartNexusOperationOptions> = {},
  ): Promise<NexusOperationHandle<any>> => {
    const run = requireRun("startOperation");
    const definition = typeof op === "string" ? service.operations[op] : op;
    if (definition === undefined) {
      throw new Error(
        `Service ${service.name} has no operation ${String(op)}: ${Object.keys(service.operations).join(", ")}`,
      );
    }
    const { name: operation, inputType, outputType } = definition;
    const { token, result } = await outbound(
      run,
      "startNexusOperation",
      startNexusOperation,
    )({
      endpoint,
      service: service.name,
      operation,
      input,
      inputType: inputType as TypeInfo,
      outputType: outputType as TypeInfo,
      options: { cancellationType: NexusOperationCancellationType.WAIT_CANCELLATION_COMPLETED, ...operationOptions },
      headers: {},
      seq: run.nextSequence("nexusOperation"),
    });
    return { service: service.name, operation, ...(token !== undefined && { token }), result: () => result };
  };
  return {
    startOperation: start,
    executeOperation: async (op: any, input: unknown, operationOptions?: Partial<StartNexusOperationOptions>) =>
      (await start(op, input, operationOptions)).result(),
  } as NexusServiceClient<T>;
}

function startNexusOperation(input: StartNexusOperationInput): Promise<StartNexusOperationOutput> {
  const run = requireRun("startOperation");
  const { seq, options } = input;
  return new Promise((resolve, reject) => {
    const unlink = CancellationScope.current().link(() => {
      if (run.isPending("nexusOperation", seq)) pushCommand(run, { kind: "requestCancelNexusOperation", seq });
    }, reject);
    if (unlink === "cancelled") return;
    pushCommand(run, {
      kind: "scheduleNexusOperation",
      seq,
      endpoint: input.endpoint,
      service: input.service,
      operation: input.operation,
      input: payloadOf(run, input.input, undefined, input.inputType),
      scheduleToCloseTimeoutMs: timeoutMs(options.scheduleToCloseTimeout),
      scheduleToStartTimeoutMs: timeoutMs(options.scheduleToStartTimeout),
      startToCloseTimeoutMs: timeoutMs(options.startToCloseTimeout),
      nexusHeader: input.headers,
      cancellationType: options.cancellationType ?? NexusOperationCancellationType.WAIT_CANCELLATION_COMPLETED,
      ...commandMetadata(run, options.summary, undefined, options.eventGroups),
    });
    const completion = Promise.withResolvers<unknown>();
    // Nobody need ask for the result.
    completion.promise.catch(() => undefined);
    const site = recordSite(run);
    run.expect("nexusOperationStart", seq, {
      resolve: (token: string | undefined) =>
        resolve({ ...(token !== undefined && { token }), result: completion.promise }),
      reject: (error) => {
        run.take("nexusOperation", seq);
        unlink();
        reject(error);
      },
      site,
    });
    run.expect("nexusOperation", seq, {
      resolve: (value) => (unlink(), completion.resolve(value)),
      reject: (error) => (unlink(), completion.reject(error)),
      outputType: input.outputType,
      site,
    });
  });
}
