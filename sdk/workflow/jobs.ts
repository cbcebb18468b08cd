/** What each job of an activation does. Jobs settle promises and call handlers; microtasks come after all of them. */
import { WorkflowExecutionAlreadyStartedError } from "../common/index.ts";
import type {
  ActivationJob,
  ActivityResolution,
  NexusResolution,
  Resolution,
  ResolveChildWorkflowStart,
  ResolveNexusOperationStart,
} from "./activation.ts";
import { errorOf, valueOf, workflowContext } from "./conversion.ts";
import { LocalActivityDoBackoff } from "./errors.ts";
import { notifyHasPatch } from "./patches.ts";
import { queryWorkflow } from "./queries.ts";
import { signalWorkflow } from "./signals.ts";
import type { Pending, PendingKind, RunState } from "./state.ts";
import { fireTimer } from "./timers.ts";
import { doUpdate } from "./updates.ts";

type Job = Exclude<ActivationJob, { kind: "initializeWorkflow" }>;

export function applyJob(run: RunState, job: Job): void {
  switch (job.kind) {
    case "notifyHasPatch":
      return notifyHasPatch(run, job.patchId);
    case "updateRandomSeed":
      return run.seed(job.randomnessSeed);
    case "signalWorkflow":
      return signalWorkflow(run, job);
    case "doUpdate":
      return doUpdate(run, job);
    case "fireTimer":
      return fireTimer(run, job.seq);
    case "resolveActivity":
      return settle(run, take(run, "activity", job.seq), job.result);
    case "resolveChildWorkflowStart":
      return resolveChildStart(run, job);
    case "resolveChildWorkflow":
      return settle(run, take(run, "childWorkflow", job.seq), job.result);
    case "resolveSignalExternalWorkflow":
      return resolveExternal(run, take(run, "signalWorkflow", job.seq), job.failure);
    case "resolveCancelExternalWorkflow":
      return resolveExternal(run, take(run, "cancelWorkflow", job.seq), job.failure);
    case "resolveNexusOperationStart":
      return resolveNexusStart(run, job);
    case "resolveNexusOperation":
      return settle(run, take(run, "nexusOperation", job.seq), job.result);
    case "cancelWorkflow":
      run.isCancelled = true;
      return run.rootScope.cancel();
    case "queryWorkflow":
      return queryWorkflow(run, job);
  }
}

function take(run: RunState, kind: PendingKind, seq: number): Pending<any> {
  const pending = run.take(kind, seq);
  if (pending === undefined) throw new Error(`An answer came for ${kind} ${seq}, for which nothing waits`);
  return pending;
}

function settle(run: RunState, pending: Pending, result: Resolution | ActivityResolution | NexusResolution): void {
  const { context } = pending;
  switch (result.status) {
    case "completed":
      return pending.resolve(valueOf(run, result.result, context, pending.outputType));
    case "failed":
    case "cancelled":
    case "timedOut":
      return pending.reject(errorOf(run, result.failure, context));
    case "backoff":
      return pending.reject(new LocalActivityDoBackoff(result));
  }
}

function resolveExternal(run: RunState, pending: Pending, failure: Parameters<typeof errorOf>[1] | undefined): void {
  if (failure === undefined) pending.resolve(undefined);
  else pending.reject(errorOf(run, failure, pending.context));
}

function resolveChildStart(run: RunState, { seq, result }: ResolveChildWorkflowStart): void {
  const start = take(run, "childWorkflowStart", seq);
  switch (result.status) {
    case "succeeded":
      return start.resolve(result.runId);
    case "failed":
      run.take("childWorkflow", seq);
      return start.reject(startError(result));
    case "cancelled":
      run.take("childWorkflow", seq);
      return start.reject(errorOf(run, result.failure, workflowContext(run)));
  }
}

/** StartChildWorkflowExecutionFailedCause: the only one that there is. */
const ALREADY_EXISTS = 1;

function startError(failed: {
  readonly workflowId: string;
  readonly workflowType: string;
  readonly cause: number;
}): Error {
  const { workflowId, workflowType, cause } = failed;
  if (cause !== ALREADY_EXISTS) return new Error(`Child workflow ${workflowId} did not start: unknown cause ${cause}`);
  return new WorkflowExecutionAlreadyStartedError("Workflow execution already started", workflowId, workflowType);
}

function resolveNexusStart(run: RunState, { seq, result }: ResolveNexusOperationStart): void {
  const start = take(run, "nexusOperationStart", seq);
  switch (result.status) {
    case "started":
      return start.resolve(result.operationToken);
    case "startedSync":
      return start.resolve(undefined);
    case "failed":
      return start.reject(errorOf(run, result.failure));
  }
}
