/** The command that starts a child, and its two answers: that it has started, and how it ended. */
import type { Payload } from "../common/index.ts";
import { encodeUnifiedSearchAttributes } from "../common/payload-search-attributes.ts";
import { encodeWorkflowIdReusePolicy } from "../common/workflow-options.ts";
import { CancellationScope } from "./cancellation-scope.ts";
import { encodeParentClosePolicy } from "./child-workflow-options.ts";
import { commandMetadata, pushCommand } from "./commands.ts";
import { payloadMapOf, payloadsOf, workflowContext } from "./conversion.ts";
import { requireRun } from "./current-run.ts";
import type { StartChildWorkflowExecutionInput } from "./interceptors.ts";
import { priorityRecord, retryPolicyRecord, timeoutMs, versioningIntentNumber } from "./options-to-records.ts";
import { recordSite } from "./stack-traces.ts";
import type { RunState, SerializationTarget } from "./state.ts";

export function startChildExecution(
  input: StartChildWorkflowExecutionInput,
): Promise<[Promise<string>, Promise<unknown>]> {
  const run = requireRun("startChild");
  const { seq, options } = input;
  const context = workflowContext(run, options.workflowId);
  const site = recordSite(run);
  let unlink: (() => void) | "cancelled" = "cancelled";
  const free = (): void => {
    if (unlink !== "cancelled") unlink();
  };
  const start = new Promise<string>((resolve, reject) => {
    unlink = CancellationScope.current().link(() => {
      if (!run.isPending("childWorkflow", seq)) return;
      pushCommand(run, { kind: "cancelChildWorkflowExecution", childWorkflowSeq: seq, reason: "" });
    }, reject);
    if (unlink === "cancelled") return;
    pushStart(run, input, context);
    run.expect("childWorkflowStart", seq, { resolve, reject, context, site });
  });
  const completion = new Promise<unknown>((resolve, reject) => {
    // A child that does not start has no other end than that.
    start.catch(reject);
    if (unlink === "cancelled") return;
    run.expect("childWorkflow", seq, {
      resolve: (value) => (free(), resolve(value)),
      reject: (error) => (free(), reject(error)),
      outputType: options.typeInfo?.outputType,
      context,
      site,
    });
  });
  // Nobody need ask how the child ended.
  completion.catch(() => undefined);
  return Promise.resolve([start, completion] as [Promise<string>, Promise<unknown>]);
}

function pushStart(
  run: RunState,
  { seq, options, workflowType, headers }: StartChildWorkflowExecutionInput,
  context: SerializationTarget,
): void {
  const { searchAttributes, typedSearchAttributes } = options;
  const hasAttributes = searchAttributes !== undefined || typedSearchAttributes !== undefined;
  pushCommand(run, {
    kind: "startChildWorkflowExecution",
    seq,
    namespace: run.initialize.namespace,
    workflowId: options.workflowId,
    workflowType,
    taskQueue: options.taskQueue || run.initialize.taskQueue,
    input: payloadsOf(run, options.args, context, options.typeInfo?.inputTypes),
    executionTimeoutMs: timeoutMs(options.workflowExecutionTimeout),
    runTimeoutMs: timeoutMs(options.workflowRunTimeout),
    taskTimeoutMs: timeoutMs(options.workflowTaskTimeout),
    parentClosePolicy: encodeParentClosePolicy(options.parentClosePolicy) ?? 0,
    workflowIdReusePolicy: encodeWorkflowIdReusePolicy(options.workflowIdReusePolicy) ?? 0,
    retryPolicy: retryPolicyRecord(options.retry),
    cronSchedule: options.cronSchedule,
    headers: headers as Record<string, Payload>,
    memo: options.memo && payloadMapOf(run, options.memo, context),
    searchAttributes: hasAttributes
      ? encodeUnifiedSearchAttributes(searchAttributes, typedSearchAttributes)
      : undefined,
    cancellationType: options.cancellationType,
    versioningIntent: versioningIntentNumber(options.versioningIntent),
    priority: priorityRecord(options.priority),
    ...commandMetadata(run, options.staticSummary, options.staticDetails, options.eventGroups),
  });
}
