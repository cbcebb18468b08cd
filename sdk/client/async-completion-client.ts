import { ensureTemporalFailure } from "../common/failure.ts";
import type { ActivitySerializationContext } from "../common/serialization-context.ts";
import type { PayloadTypeInfo } from "../common/type-info.ts";
import { BaseClient, type BaseClientOptions, type LoadedWithDefaults } from "./base-client.ts";
import type { HeartbeatAnswer } from "./calls/async-completion.ts";
import type { ClientContext } from "./calls/client-context.ts";
import {
  ActivityCancelledError,
  ActivityCompletionError,
  ActivityNotFoundError,
  ActivityPausedError,
  ActivityResetError,
  isGrpcServiceError,
} from "./errors.ts";
import { loadCalls } from "./lazy-calls.ts";
import type { WorkflowService } from "./types.ts";
import { NOT_FOUND } from "../connection/status-codes.ts";

/** Options of an `AsyncCompletionClient`. */
export type AsyncCompletionClientOptions = BaseClientOptions;
/** Options with defaults filled in and the data converter loaded. */
export type LoadedAsyncCompletionClientOptions = LoadedWithDefaults<AsyncCompletionClientOptions>;

/** Options of all operations of an `AsyncCompletionClient`. */
export interface AsyncCompletionOperationOptions {
  /** What converters are told, for operations by token; those by id know it themselves. */
  serializationContext?: ActivitySerializationContext;
}

/** Options of `AsyncCompletionClient.complete`. */
export interface AsyncCompletionCompleteOptions {
  typeInfo?: Pick<PayloadTypeInfo, "outputType">;
}

/** An activity of a workflow, or a standalone one without `workflowId`. */
export interface FullActivityId {
  workflowId?: string;
  /** Of the workflow, or of the standalone activity; default the latest. */
  runId?: string;
  activityId: string;
}

/** Completes, fails and heartbeats activities from outside of their worker, by token or by id. */
export class AsyncCompletionClient extends BaseClient {
  readonly options: LoadedAsyncCompletionClientOptions;

  constructor(options?: AsyncCompletionClientOptions) {
    super(options);
    this.options = this.optionsWithDefaults(options);
  }

  /** The methods of the service; the namespace is not filled in. */
  get workflowService(): WorkflowService {
    return this.connection.workflowService;
  }

  async complete(
    activity: Uint8Array | FullActivityId,
    result: unknown,
    options?: AsyncCompletionCompleteOptions & AsyncCompletionOperationOptions,
  ): Promise<void> {
    await this.#run(async () => {
      const { completeActivity } = await loadCalls();
      const context = this.serializationContextFor(activity, options);
      await completeActivity(this.clientContext(), {
        activity,
        context,
        result,
        typeInfo: options?.typeInfo?.outputType,
      });
    });
  }

  async fail(
    activity: Uint8Array | FullActivityId,
    err: unknown,
    options?: AsyncCompletionOperationOptions,
  ): Promise<void> {
    await this.#run(async () => {
      const { failActivity } = await loadCalls();
      const context = this.serializationContextFor(activity, options);
      await failActivity(this.clientContext(), { activity, context, error: ensureTemporalFailure(err) });
    });
  }

  async reportCancellation(
    activity: Uint8Array | FullActivityId,
    details?: unknown,
    options?: AsyncCompletionOperationOptions,
  ): Promise<void> {
    await this.#run(async () => {
      const { cancelActivity } = await loadCalls();
      const context = this.serializationContextFor(activity, options);
      await cancelActivity(this.clientContext(), { activity, context, details });
    });
  }

  /**
   * @throws ActivityCancelledError, ActivityPausedError or ActivityResetError when the server says so.
   */
  async heartbeat(
    activity: Uint8Array | FullActivityId,
    details?: unknown,
    options?: AsyncCompletionOperationOptions,
  ): Promise<void> {
    const answer = await this.#run(async (): Promise<HeartbeatAnswer> => {
      const { heartbeatActivity } = await loadCalls();
      const context = this.serializationContextFor(activity, options);
      return heartbeatActivity(this.clientContext(), { activity, context, details });
    });
    if (answer.cancelRequested) throw new ActivityCancelledError("cancelled");
    if (answer.activityReset) throw new ActivityResetError("reset");
    if (answer.activityPaused) throw new ActivityPausedError("paused");
  }

  protected serializationContextFor(
    activity: Uint8Array | FullActivityId,
    options?: AsyncCompletionOperationOptions,
  ): ActivitySerializationContext | undefined {
    if (activity instanceof Uint8Array) return options?.serializationContext;
    const { namespace } = this.options;
    const { workflowId, activityId } = activity;
    return {
      type: "activity",
      namespace,
      activityId,
      isLocal: false,
      ...(workflowId === undefined ? {} : { workflowId }),
    };
  }

  protected handleError(err: unknown): never {
    if (isGrpcServiceError(err)) {
      if (err.code === NOT_FOUND) throw new ActivityNotFoundError("Not found");
      throw new ActivityCompletionError(err.details || err.message);
    }
    throw new ActivityCompletionError("Unexpected failure", { cause: err });
  }

  protected clientContext(): ClientContext {
    const { namespace, identity } = this.options;
    const { connection, workflowService } = this;
    return { connection, workflowService, namespace, identity, converter: this.dataConverter };
  }

  async #run<T>(operation: () => Promise<T>): Promise<T> {
    try {
      return await operation();
    } catch (error) {
      return this.handleError(error);
    }
  }
}
