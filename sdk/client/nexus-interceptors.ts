import type { Duration } from "../common/duration.ts";
import type { Next } from "../common/interceptors.ts";
import type { SearchAttributePair, TypedSearchAttributes } from "../common/search-attributes.ts";
import type { TypeInfo } from "../common/type-info.ts";
import type { NexusOperationHandle } from "./nexus-client.ts";
import type {
  NexusOperationExecution,
  NexusOperationExecutionCount,
  NexusOperationExecutionDescription,
  NexusOperationIdConflictPolicy,
  NexusOperationIdReusePolicy,
} from "./nexus-types.ts";

/** Around the calls of a Nexus client. */
export interface NexusClientInterceptor {
  startOperation?: (
    input: StartNexusOperationInput,
    next: Next<this, "startOperation">,
  ) => Promise<NexusOperationHandle>;
  getResult?: (input: GetNexusOperationResultInput, next: Next<this, "getResult">) => Promise<unknown>;
  describe?: (
    input: DescribeNexusOperationInput,
    next: Next<this, "describe">,
  ) => Promise<NexusOperationExecutionDescription>;
  cancel?: (input: CancelNexusOperationInput, next: Next<this, "cancel">) => Promise<void>;
  terminate?: (input: TerminateNexusOperationInput, next: Next<this, "terminate">) => Promise<void>;
  list?: (input: ListNexusOperationsInput, next: Next<this, "list">) => AsyncIterable<NexusOperationExecution>;
  count?: (input: CountNexusOperationsInput, next: Next<this, "count">) => Promise<NexusOperationExecutionCount>;
}

/** What `start` of an interceptor gets. */
export interface StartNexusOperationInput {
  readonly endpoint: string;
  readonly service: string;
  readonly operation: string;
  readonly id: string;
  readonly arg: unknown;
  readonly scheduleToCloseTimeout?: Duration;
  readonly scheduleToStartTimeout?: Duration;
  readonly startToCloseTimeout?: Duration;
  readonly summary?: string;
  readonly idReusePolicy?: NexusOperationIdReusePolicy;
  readonly idConflictPolicy?: NexusOperationIdConflictPolicy;
  readonly searchAttributes?: SearchAttributePair[] | TypedSearchAttributes;
  readonly headers?: Record<string, string>;
  readonly inputType?: TypeInfo;
  readonly outputType?: TypeInfo;
}

interface NexusRunInput {
  readonly operationId: string;
  readonly runId?: string;
}

/** What `getResult` of an interceptor gets. */
export interface GetNexusOperationResultInput extends NexusRunInput {
  readonly outputType?: TypeInfo;
}

/** What `describe` of an interceptor gets. */
export type DescribeNexusOperationInput = NexusRunInput;

/** What `cancel` of an interceptor gets. */
export interface CancelNexusOperationInput extends NexusRunInput {
  readonly reason?: string;
}

/** What `terminate` of an interceptor gets. */
export interface TerminateNexusOperationInput extends NexusRunInput {
  readonly reason?: string;
}

/** What `list` of an interceptor gets. */
export interface ListNexusOperationsInput {
  readonly query?: string;
  readonly pageSize?: number;
}

/** What `count` of an interceptor gets. */
export interface CountNexusOperationsInput {
  readonly query?: string;
}
