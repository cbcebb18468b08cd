import type { GetWorkerTaskReachabilityResponse } from "../../api/gen/messages.js";
import { markErrorClass } from "../common/error-class.ts";
import { makeProtoEnumConverters } from "../common/proto-enum.ts";
import type { RequireAtLeastOne } from "../common/type-helpers.ts";
import { BaseClient, type BaseClientOptions, type LoadedWithDefaults } from "./base-client.ts";
import type { BuildIdOperation, BuildIdVersionSet, WorkerBuildIdVersionSets } from "./build-id-types.ts";
import { isGrpcServiceError, ServiceError } from "./errors.ts";
import type { WorkflowService } from "./types.ts";
import { NOT_FOUND } from "../connection/status-codes.ts";

/** @deprecated Use worker deployments. */
export type TaskQueueClientOptions = BaseClientOptions;
/** @deprecated Use worker deployments. */
export type LoadedTaskQueueClientOptions = LoadedWithDefaults<TaskQueueClientOptions>;

/** Stands for workers without a build id. */
export const UnversionedBuildId: unique symbol = Symbol.for("__temporal_unversionedBuildId");
/** The type of `UnversionedBuildId`. */
export type UnversionedBuildIdType = typeof UnversionedBuildId;

/** Which workflows may use a build id. */
export const ReachabilityType = {
  NEW_WORKFLOWS: "NEW_WORKFLOWS",
  /** Open or closed. */
  EXISTING_WORKFLOWS: "EXISTING_WORKFLOWS",
  OPEN_WORKFLOWS: "OPEN_WORKFLOWS",
  CLOSED_WORKFLOWS: "CLOSED_WORKFLOWS",
} as const;
export type ReachabilityType = (typeof ReachabilityType)[keyof typeof ReachabilityType];

/** From the name that users see to the number that is sent, and back. */
export const [encodeTaskReachability, decodeTaskReachability] = makeProtoEnumConverters(
  { UNSPECIFIED: 0, NEW_WORKFLOWS: 1, EXISTING_WORKFLOWS: 2, OPEN_WORKFLOWS: 3, CLOSED_WORKFLOWS: 4 },
  "TASK_REACHABILITY_",
);

/** What is asked about build ids. */
export interface BaseReachabilityOptions {
  /** At least one. */
  buildIds: (string | UnversionedBuildIdType)[];
  /** Default: all that know the build ids. */
  taskQueues?: string[];
  reachability?: ReachabilityType;
}

/** @deprecated Use worker deployments. */
export type ReachabilityOptions = RequireAtLeastOne<BaseReachabilityOptions, "buildIds" | "taskQueues">;
/** What can reach a build id; the server may have left it out. */
export type ReachabilityTypeResponse = ReachabilityType | "NOT_FETCHED";

/** Which task queues can give tasks to a build id. */
export interface BuildIdReachability {
  /** By task queue; empty where it is not reachable. */
  taskQueueReachability: Record<string, ReachabilityTypeResponse[]>;
}

/** What can reach build ids, by id. */
export interface ReachabilityResponse {
  buildIdReachability: Record<string | UnversionedBuildIdType, BuildIdReachability>;
}

/** The server knows no such build id. */
export class BuildIdNotFoundError extends Error {}
markErrorClass(BuildIdNotFoundError, "BuildIdNotFoundError");

/**
 * Build ids of task queues, the older kind of worker versioning.
 *
 * @deprecated Use worker deployments.
 */
export class TaskQueueClient extends BaseClient {
  readonly options: LoadedTaskQueueClientOptions;

  constructor(options?: TaskQueueClientOptions) {
    super(options);
    this.options = this.optionsWithDefaults(options);
  }

  /** The methods of the service; the namespace is not filled in. */
  get workflowService(): WorkflowService {
    return this.connection.workflowService;
  }

  async updateBuildIdCompatibility(taskQueue: string, operation: BuildIdOperation): Promise<void> {
    const { namespace } = this.options;
    try {
      await this.workflowService.updateWorkerBuildIdCompatibility({
        namespace,
        taskQueue,
        ...operationField(operation),
      });
    } catch (error) {
      this.rethrowGrpcError(error, "Unexpected error updating Build Id compatibility");
    }
  }

  /** undefined when the queue has no build ids. */
  async getBuildIdCompatability(taskQueue: string): Promise<WorkerBuildIdVersionSets | undefined> {
    const { namespace } = this.options;
    try {
      const { majorVersionSets } = await this.workflowService.getWorkerBuildIdCompatibility({ namespace, taskQueue });
      if (majorVersionSets.length === 0) return undefined;
      const versionSets = majorVersionSets.map(({ buildIds }) => ({ buildIds, default: buildIds.at(-1) ?? "" }));
      const defaultSet = versionSets.at(-1) as BuildIdVersionSet;
      return { versionSets, defaultSet, defaultBuildId: defaultSet.default };
    } catch (error) {
      return this.rethrowGrpcError(error, "Unexpected error fetching Build Id compatibility");
    }
  }

  async getReachability(options: ReachabilityOptions): Promise<ReachabilityResponse> {
    const { namespace } = this.options;
    const buildIds = options.buildIds?.map((id) => (id === UnversionedBuildId ? "" : id)) as string[] | undefined;
    try {
      const response = await this.workflowService.getWorkerTaskReachability({
        namespace,
        buildIds: buildIds ?? [],
        taskQueues: options.taskQueues ?? [],
        reachability: encodeTaskReachability(options.reachability),
      });
      return reachabilityResponseFromProto(response);
    } catch (error) {
      return this.rethrowGrpcError(error, "Unexpected error fetching Build Id reachability");
    }
  }

  protected rethrowGrpcError(err: unknown, fallbackMessage: string): never {
    if (isGrpcServiceError(err)) {
      if (err.code === NOT_FOUND) throw new BuildIdNotFoundError(err.details || "Build Id not found");
      throw new ServiceError(fallbackMessage, { cause: err });
    }
    throw new ServiceError("Unexpected error while making gRPC request", { cause: err as Error });
  }
}

/** From the message to what `getReachability` answers. */
export function reachabilityResponseFromProto(resp: GetWorkerTaskReachabilityResponse): ReachabilityResponse {
  const buildIdReachability: Record<string | symbol, BuildIdReachability> = {};
  for (const { buildId, taskQueueReachability } of resp.buildIdReachability) {
    const byQueue = taskQueueReachability.map(({ taskQueue, reachability }) => [
      taskQueue,
      reachability.map((kind) => decodeTaskReachability(kind) ?? "NOT_FETCHED"),
    ]);
    buildIdReachability[buildId === "" ? UnversionedBuildId : buildId] = {
      taskQueueReachability: Object.fromEntries(byQueue) as Record<string, ReachabilityTypeResponse[]>,
    };
  }
  return { buildIdReachability };
}

function operationField(operation: BuildIdOperation) {
  switch (operation.operation) {
    case "addNewIdInNewDefaultSet":
      return { addNewBuildIdInNewDefaultSet: operation.buildId };
    case "addNewCompatibleVersion":
      return {
        addNewCompatibleBuildId: {
          newBuildId: operation.buildId,
          existingCompatibleBuildId: operation.existingCompatibleBuildId,
          makeSetDefault: operation.promoteSet ?? false,
        },
      };
    case "promoteSetByBuildId":
      return { promoteSetByBuildId: operation.buildId };
    case "promoteBuildIdWithinSet":
      return { promoteBuildIdWithinSet: operation.buildId };
    case "mergeSets":
      return {
        mergeSets: {
          primarySetBuildId: operation.primaryBuildId,
          secondarySetBuildId: operation.secondaryBuildId,
        },
      };
  }
}
