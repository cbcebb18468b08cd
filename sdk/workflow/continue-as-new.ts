/** Ends this run and begins the next one of the same workflow, with a history of its own. */
import type {
  Duration,
  InitialVersioningBehavior,
  PayloadTypeInfo,
  SearchAttributePair,
  SearchAttributes,
  TypedSearchAttributes,
  VersioningIntent,
  Workflow,
} from "../common/index.ts";
import { markErrorClass } from "../common/error-class.ts";
import { encodeUnifiedSearchAttributes } from "../common/payload-search-attributes.ts";
import { encodeInitialVersioningBehavior } from "../common/worker-deployments.ts";
import type { CommandMetadata, ContinueAsNewWorkflowExecution } from "./activation.ts";
import { commandMetadata } from "./commands.ts";
import { payloadMapOf, payloadsOf, workflowContext } from "./conversion.ts";
import { requireRun } from "./current-run.ts";
import type { EventGroupMarker } from "./event-groups.ts";
import { outbound } from "./interceptor-chain.ts";
import type { ContinueAsNewInput } from "./interceptors.ts";
import { timeoutMs, versioningIntentNumber } from "./options-to-records.ts";

/** What the next run has that this one has not; everything else stays. */
export interface ContinueAsNewOptions {
  /** The same type when absent. */
  workflowType?: string;
  /** The same task queue when absent. */
  taskQueue?: string;
  workflowRunTimeout?: Duration;
  workflowTaskTimeout?: Duration;
  /** How long the next run waits before it begins. */
  backoffStartInterval?: Duration;
  memo?: Record<string, unknown>;
  /** @deprecated use `typedSearchAttributes` */
  searchAttributes?: SearchAttributes;
  /** They go before `searchAttributes`. */
  typedSearchAttributes?: SearchAttributePair[] | TypedSearchAttributes;
  /** @deprecated */
  versioningIntent?: VersioningIntent;
  /** @experimental */
  initialVersioningBehavior?: InitialVersioningBehavior;
  /**
   * How arguments are converted when the next run is of another type.
   *
   * @experimental
   */
  typeInfo?: Pick<PayloadTypeInfo, "inputTypes">;
  /** @experimental */
  eventGroups?: EventGroupMarker[];
}

/** Not a failure: what `continueAsNew` throws to leave the workflow. Code that catches everything lets it pass. */
export class ContinueAsNew extends Error {
  readonly command: ContinueAsNewWorkflowExecution & CommandMetadata;

  constructor(command: ContinueAsNewWorkflowExecution & CommandMetadata) {
    super("Workflow continued as new");
    this.command = command;
  }
}
markErrorClass(ContinueAsNew, "ContinueAsNew");

/**
 * A function that continues this workflow as new, with other options than its own. It never returns.
 *
 * @throws ContinueAsNew always
 */
export function makeContinueAsNewFunc<F extends Workflow>(
  options?: ContinueAsNewOptions,
): (...args: Parameters<F>) => Promise<never> {
  const run = requireRun("makeContinueAsNewFunc");
  const { workflowType, taskQueue, ...rest } = options ?? {};
  const complete = {
    workflowType: workflowType ?? run.initialize.workflowType,
    taskQueue: taskQueue ?? run.initialize.taskQueue,
    ...rest,
  };
  return (...args) => outbound(run, "continueAsNew", throwContinueAsNew)({ args, headers: {}, options: complete });
}

/**
 * Continues this workflow as new with these arguments: the way for workflows without end to keep their history short.
 *
 * @throws ContinueAsNew always
 *
 * @example
 * ```ts
 * if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof counter>(count);
 * ```
 */
export function continueAsNew<F extends Workflow>(...args: Parameters<F>): Promise<never> {
  return makeContinueAsNewFunc<F>()(...args);
}

async function throwContinueAsNew({ args, headers, options }: ContinueAsNewInput): Promise<never> {
  const run = requireRun("continueAsNew");
  const context = workflowContext(run);
  const { searchAttributes, typedSearchAttributes } = options;
  const hasAttributes = searchAttributes !== undefined || typedSearchAttributes !== undefined;
  const isSameType = options.workflowType === run.initialize.workflowType;
  const inputTypes = options.typeInfo?.inputTypes ?? (isSameType ? run.typeInfo?.inputTypes : undefined);
  throw new ContinueAsNew({
    kind: "continueAsNewWorkflowExecution",
    workflowType: options.workflowType,
    taskQueue: options.taskQueue ?? run.initialize.taskQueue,
    arguments: payloadsOf(run, args, context, inputTypes),
    runTimeoutMs: timeoutMs(options.workflowRunTimeout),
    taskTimeoutMs: timeoutMs(options.workflowTaskTimeout),
    backoffStartIntervalMs: timeoutMs(options.backoffStartInterval),
    memo: options.memo && payloadMapOf(run, options.memo, context),
    headers,
    searchAttributes: hasAttributes
      ? encodeUnifiedSearchAttributes(searchAttributes, typedSearchAttributes)
      : undefined,
    retryPolicy: undefined,
    versioningIntent: versioningIntentNumber(options.versioningIntent),
    initialVersioningBehavior: encodeInitialVersioningBehavior(options.initialVersioningBehavior) ?? 0,
    ...commandMetadata(run, undefined, undefined, options.eventGroups),
  });
}
