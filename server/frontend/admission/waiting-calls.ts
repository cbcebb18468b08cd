import { resourceExhausted } from "../../../api/errors.ts";
import { ResourceExhaustedCause, ResourceExhaustedScope } from "../../../api/gen/enums.js";
import { frontendSettings } from "../../dynamic-config/index.ts";
import type { DynamicConfig } from "../../dynamic-config/index.ts";

const { longPollsMax, globalLongPollsMax } = frontendSettings;

/** Methods whose calls may wait for something that others do. */
const WAITING: ReadonlySet<string> = new Set([
  "PollWorkflowTaskQueue",
  "PollActivityTaskQueue",
  "PollNexusTaskQueue",
  "PollWorkflowExecutionUpdate",
  "PollWorkflowExecutionTimeSkipping",
  "UpdateWorkflowExecution",
  "ExecuteMultiOperation",
  "QueryWorkflow",
  "GetWorkflowExecutionHistory",
  "PollWorkflowExecutionHistory",
]);

/** Whether this call may wait: a history is only waited for when the caller says so. */
export function mayWait(method: string, request: unknown): boolean {
  if (!WAITING.has(method)) return false;
  return method !== "GetWorkflowExecutionHistory" || (request as { waitNewEvent?: boolean }).waitNewEvent === true;
}

/** How many calls of a namespace wait at once, method by method. */
export class WaitingCalls {
  readonly #config: DynamicConfig;
  readonly #counts = new Map<string, { count: number; leave: () => void }>();

  constructor(config: DynamicConfig) {
    this.#config = config;
  }

  /** Counts a call that may wait, or refuses it; answers what is to be called at its end. */
  enter(method: string, namespace: string): () => void {
    const place = { namespace };
    const most = this.#config.get(globalLongPollsMax, place) || this.#config.get(longPollsMax, place);
    const name = `${method}/${namespace}`;
    let waiting = this.#counts.get(name);
    if ((waiting?.count ?? 0) >= most)
      throw resourceExhausted({
        message: "namespace concurrent poller limit exceeded",
        cause: ResourceExhaustedCause.RESOURCE_EXHAUSTED_CAUSE_CONCURRENT_LIMIT,
        scope: ResourceExhaustedScope.RESOURCE_EXHAUSTED_SCOPE_NAMESPACE,
      });
    if (waiting === undefined) {
      // One function for all that wait for the same: there may be very many.
      const leave = (): void => this.#leave(name);
      waiting = { count: 0, leave };
      this.#counts.set(name, waiting);
    }
    waiting.count++;
    return waiting.leave;
  }

  #leave(name: string): void {
    const waiting = this.#counts.get(name);
    if (waiting !== undefined && --waiting.count === 0) this.#counts.delete(name);
  }
}
