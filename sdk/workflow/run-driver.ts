/** Drives the code of one run through its activations. */
import {
  isWorkflowFunctionWithOptions,
  isWorkflowFunctionWithStaticOptions,
} from "../common/workflow-definition-options.ts";
import { encodeVersioningBehavior } from "../common/worker-deployments.ts";
import type {
  Activation,
  ActivationCompletion,
  ActivationJob,
  InitializeWorkflow,
  SinkCallRecord,
  WorkflowRun,
} from "./activation.ts";
import { CancellationScope } from "./cancellation-scope.ts";
import { unblockConditions } from "./conditions.ts";
import { pushCommand } from "./commands.ts";
import { failureOf, payloadOf, valuesOf, workflowContext } from "./conversion.ts";
import { enteredRun, enterRun, leaveRun } from "./current-run.ts";
import { handleFailure, rethrowTaskError } from "./failures.ts";
import { hasFlag, learnFlags, SdkFlags, takeNewFlags } from "./flags.ts";
import { explainMissingGlobal } from "./globals.ts";
import { forgetInfo } from "./info.ts";
import { inbound, internals } from "./interceptor-chain.ts";
import type { WorkflowInterceptorsFactory } from "./interceptors.ts";
import { applyJob } from "./jobs.ts";
import { withLifecycleLog } from "./log.ts";
import { warnOfLostActivities } from "./lost-activities.ts";
import { warnOfUnfinishedHandlers } from "./unfinished-handlers.ts";
import { PromiseSites } from "./promise-sites.ts";
import type { CreateRunOptions } from "./run.ts";
import { RunState } from "./state.ts";
import { unhandledRejection } from "./unhandled-rejection.ts";
import { rejectBufferedUpdates } from "./updates.ts";

/** WorkflowTaskFailedCause WORKFLOW_WORKER_UNHANDLED_FAILURE. */
const UNHANDLED_FAILURE = 14;

const NO_SINK_CALLS: readonly SinkCallRecord[] = [];

export function startRun(options: CreateRunOptions): WorkflowRun {
  const run = new RunState(options);
  const { stackTraces } = options;
  if (stackTraces?.isRecorded) run.promiseSites = new PromiseSites(stackTraces.isOfRun);
  return {
    promiseHooks: run.promiseSites,
    activate(activation) {
      enterRun(run);
      synchronously(run, () => activate(run, activation));
    },
    tryUnblockConditions() {
      enterRun(run);
      return synchronously(run, () => {
        rethrowTaskError(run);
        return unblockOrGoOn(run);
      });
    },
    concludeActivation() {
      enterRun(run);
      try {
        return conclude(run);
      } finally {
        forgetActivation(run);
      }
    },
    failActivation(error) {
      enterRun(run);
      try {
        return failTask(run, error);
      } finally {
        forgetActivation(run);
      }
    },
    failRejection(reason, promise) {
      explainMissingGlobal(reason);
      const completion = this.failActivation(unhandledRejection(run, reason, promise));
      return { ...completion, isSiteUnknown: run.promiseSites === undefined } as ActivationCompletion;
    },
    takeSinkCalls() {
      if (run.sinkCalls.length === 0) return NO_SINK_CALLS;
      const calls = run.sinkCalls;
      run.sinkCalls = [];
      return calls;
    },
    dispose() {
      // Without a sandbox this may come while another run is being driven.
      const outer = enteredRun();
      enterRun(run);
      try {
        if (!run.isDisposed) internals(run, "dispose", () => undefined)({});
      } finally {
        run.isDisposed = true;
        if (outer === undefined || outer === run) leaveRun(run);
        else enterRun(outer);
      }
    },
  };
}

/** A run that waits, perhaps for a year, holds no payloads of the past. */
function forgetActivation(run: RunState): void {
  if (run.activation !== undefined) run.activation = { ...run.activation, jobs: [] };
  forgetInfo(run);
  leaveRun(run);
}

/** Errors that come now may go straight to the driver. */
function synchronously<T>(run: RunState, fn: () => T): T {
  run.isSynchronous = true;
  try {
    return fn();
  } finally {
    run.isSynchronous = false;
  }
}

function activate(run: RunState, activation: Activation): void {
  run.activation = activation;
  run.nowMs = activation.nowMs;
  run.info = undefined;
  learnFlags(run, activation.availableInternalFlags);
  const { jobs } = activation;
  const start = jobs[0]?.kind === "initializeWorkflow" ? jobs[0] : undefined;
  if (start !== undefined) initialize(run, start);
  const rest = applyEarly(run, jobs);
  const isDivided = rest.some(isSignal) && !hasFlag(run, SdkFlags.ProcessWorkflowActivationJobsAsSingleBatch);
  if (!isDivided) return applyBatch(run, rest, 0);
  // Histories of versions before 1.11: signals first, and their microtasks, then all else.
  run.laterJobs = rest.filter((job) => !isSignal(job));
  applyBatch(run, rest.filter(isSignal), 0);
}

function applyBatch(run: RunState, jobs: readonly ActivationJob[], batchIndex: number): void {
  if (jobs.length === 0) return;
  const batch = jobs === run.activation.jobs ? run.activation : { ...run.activation, jobs };
  internals(run, "activate", ({ activation }) => applyJobs(run, activation.jobs))({ activation: batch, batchIndex });
}

/** Counts what remains of a divided activation as one more condition: microtasks run before and after it. */
function unblockOrGoOn(run: RunState): number {
  const unblocked = unblockConditions(run);
  if (unblocked > 0 || run.laterJobs === undefined) return unblocked;
  const jobs = run.laterJobs;
  run.laterJobs = undefined;
  applyBatch(run, jobs, 1);
  return jobs.length;
}

function isSignal(job: ActivationJob): boolean {
  return job.kind === "signalWorkflow";
}

/** Patches and seeds hold for the whole activation; returns the other jobs. */
function applyEarly(run: RunState, jobs: readonly ActivationJob[]): readonly ActivationJob[] {
  if (!jobs.some(isEarly)) return jobs;
  for (const job of jobs) if (isEarly(job)) applyJob(run, job);
  return jobs.filter((job) => !isEarly(job));
}

function isEarly(job: ActivationJob): job is Extract<ActivationJob, { kind: "notifyHasPatch" | "updateRandomSeed" }> {
  return job.kind === "notifyHasPatch" || job.kind === "updateRandomSeed";
}

/** The workflow function comes last: by then the messages that came with the start are there for its handlers. */
function applyJobs(run: RunState, jobs: readonly ActivationJob[]): void {
  let start: InitializeWorkflow | undefined;
  for (const job of jobs) {
    if (job.kind === "initializeWorkflow") {
      start = job;
      continue;
    }
    applyJob(run, job);
    // Conditions see what each handler did before the next one runs, and so do runs of the official SDK.
    if (job.kind === "signalWorkflow" || job.kind === "doUpdate") unblockConditions(run);
  }
  if (start === undefined) return;
  startWorkflow(run, start);
  unblockConditions(run);
}

function initialize(run: RunState, start: InitializeWorkflow): void {
  // Arguments are decoded once: a run that is kept need not hold them.
  run.initialize = { ...start, arguments: [], headers: {} };
  run.startedAtMs = run.nowMs;
  run.seed(start.randomnessSeed);
  run.rootScope = CancellationScope.root();
  const { workflow, knownTypes, interceptors } = run.options.load(start.workflowType);
  if (workflow === undefined) {
    const known = knownTypes === undefined ? "" : `; it has ${knownTypes.toSorted().join(", ") || "none"}`;
    throw new TypeError(
      `Failed to initialize workflow of type '${start.workflowType}': the worker has no workflow of that name${known}`,
    );
  }
  if (typeof workflow !== "function") {
    throw new TypeError(`'${start.workflowType}' is no workflow: it is a ${typeof workflow}, not a function`);
  }
  useInterceptors(run, interceptors);
  run.workflow = workflow;
  if (isWorkflowFunctionWithStaticOptions(workflow)) run.typeInfo = workflow.staticOptions.typeInfo;
  if (isWorkflowFunctionWithOptions(workflow)) {
    const { workflowDefinitionOptions: definition } = workflow;
    const isGetter = typeof definition === "function";
    // A getter is called when the workflow starts, when it may look at the workflow's info.
    run.definitionOptions = isGetter ? definition : () => definition;
  }
}

function useInterceptors(run: RunState, factories: readonly WorkflowInterceptorsFactory[]): void {
  if (factories.length === 0) return;
  const made = factories.map((factory) => factory());
  run.interceptors = {
    inbound: made.flatMap(({ inbound: list }) => list ?? []),
    outbound: made.flatMap(({ outbound: list }) => list ?? []),
    internals: made.flatMap(({ internals: list }) => list ?? []),
  };
}

function startWorkflow(run: RunState, start: InitializeWorkflow): void {
  if (run.definitionOptions !== undefined) {
    const { versioningBehavior, failureExceptionTypes } = run.definitionOptions();
    run.versioningBehavior = versioningBehavior;
    run.failureExceptionTypes = failureExceptionTypes ?? [];
  }
  const execute = inbound(run, "execute", ({ args }) => callWorkflow(run, args));
  const args = valuesOf(run, start.arguments, workflowContext(run), run.typeInfo?.inputTypes);
  void withLifecycleLog(run, () => execute({ args, headers: { ...start.headers } })).then(
    (result) => {
      warnOfLostActivities(run);
      completeWorkflow(run, result);
    },
    (error: unknown) => handleFailure(run, error),
  );
  rethrowTaskError(run);
}

async function callWorkflow({ workflow }: RunState, args: unknown[]): Promise<unknown> {
  return await (workflow as (...args: unknown[]) => Promise<unknown>)(...args);
}

function completeWorkflow(run: RunState, value: unknown): void {
  try {
    const result = payloadOf(run, value, workflowContext(run), run.typeInfo?.outputType);
    pushCommand(run, { kind: "completeWorkflowExecution", result });
  } catch (error) {
    handleFailure(run, error);
  }
}

function conclude(run: RunState): ActivationCompletion {
  if (run.taskError !== undefined) return failTask(run, run.taskError.error);
  rejectBufferedUpdates(run);
  const wasCompleted = run.isCompleted && run.commands.length > 0;
  const { commands } = internals(run, "concludeActivation", (input) => input)({ commands: run.commands });
  run.commands = [];
  if (wasCompleted) warnOfUnfinishedHandlers(run);
  return {
    status: "successful",
    commands,
    usedInternalFlags: takeNewFlags(run),
    versioningBehavior: encodeVersioningBehavior(run.versioningBehavior) ?? 0,
  };
}

function failTask(run: RunState, error: unknown): ActivationCompletion {
  run.commands = [];
  run.taskError = undefined;
  explainMissingGlobal(error);
  const failure = run.initialize === undefined ? bareFailure(error) : failureOf(run, error);
  return { status: "failed", failure, cause: UNHANDLED_FAILURE };
}

function bareFailure(error: unknown): { message: string; stackTrace?: string; source: string } {
  const source = "TypeScriptSDK";
  if (!(error instanceof Error)) return { message: String(error), source };
  return { message: error.message, source, ...(error.stack !== undefined && { stackTrace: error.stack }) };
}
