/** Drives one run in tests: activations in, commands out, as the worker does it. */
import { AsyncLocalStorage } from "node:async_hooks";
import { defaultFailureConverter, defaultPayloadConverter, toPayloads, type Workflow } from "../common/index.ts";
import type {
  Activation,
  ActivationCompletion,
  ActivationJob,
  InitializeWorkflow,
  SinkCallRecord,
  WorkflowCommand,
  WorkflowRun,
} from "./activation.ts";
import { installAsyncLocalStorage } from "./async-context.ts";
import { createWorkflowRun, type CreateRunOptions } from "./run.ts";

export interface TestRun {
  readonly run: WorkflowRun;
  /** Applies jobs to quiescence. */
  activate(...jobs: ActivationJob[]): Promise<WorkflowCommand[]>;
  complete(activation: Partial<Activation>, ...jobs: ActivationJob[]): Promise<ActivationCompletion>;
  /** The first activation. */
  start(...args: unknown[]): Promise<WorkflowCommand[]>;
  readonly sinkCalls: SinkCallRecord[];
}

export function testRun(workflow: Workflow, options: Partial<CreateRunOptions> = {}): TestRun {
  installAsyncLocalStorage(AsyncLocalStorage);
  const runId = "00000000-0000-4000-8000-000000000001";
  const run = createWorkflowRun({
    runId,
    payloadConverter: defaultPayloadConverter,
    failureConverter: defaultFailureConverter,
    load: () => ({ workflow, interceptors: [] }),
    ...options,
  });
  const sinkCalls: SinkCallRecord[] = [];
  const complete: TestRun["complete"] = async (overrides, ...jobs) => {
    try {
      run.activate(activationOf(runId, overrides, jobs));
      do await microtasksRunDry();
      while (run.tryUnblockConditions() > 0);
      const completion = run.concludeActivation();
      sinkCalls.push(...run.takeSinkCalls());
      return completion;
    } catch (error) {
      return run.failActivation(error);
    }
  };
  const activate: TestRun["activate"] = async (...jobs) => {
    const completion = await complete({}, ...jobs);
    if (completion.status === "failed") throw new Error(completion.failure.message ?? "");
    return [...completion.commands];
  };
  return {
    run,
    activate,
    complete,
    start: (...args) => activate(initialize({ arguments: toPayloads(defaultPayloadConverter, ...args) ?? [] })),
    sinkCalls,
  };
}

/** Immediates come after all microtasks. */
export function microtasksRunDry(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export function activationOf(
  runId: string,
  overrides: Partial<Activation>,
  jobs: readonly ActivationJob[],
): Activation {
  return {
    runId,
    nowMs: 1_700_000_000_000,
    isReplaying: false,
    historyLength: 3,
    historySizeBytes: 100,
    continueAsNewSuggested: false,
    suggestContinueAsNewReasons: [],
    targetWorkerDeploymentVersionChanged: false,
    deploymentVersionForCurrentTask: undefined,
    availableInternalFlags: [],
    lastSdkVersion: "",
    jobs,
    ...overrides,
  };
}

export function initialize(overrides: Partial<InitializeWorkflow> = {}): InitializeWorkflow {
  return {
    kind: "initializeWorkflow",
    workflowType: "test",
    workflowId: "workflow-id",
    namespace: "default",
    taskQueue: "queue",
    arguments: [],
    randomnessSeed: [1, 2, 3, 4, 5, 6, 7, 8],
    headers: {},
    identity: "client",
    parent: undefined,
    root: undefined,
    executionTimeoutMs: undefined,
    runTimeoutMs: undefined,
    taskTimeoutMs: 10_000,
    executionExpirationTimeMs: undefined,
    firstExecutionRunId: "first",
    originalExecutionRunId: "original",
    continuedFromExecutionRunId: undefined,
    continuedInitiator: 0,
    continuedFailure: undefined,
    lastCompletionResult: undefined,
    retryPolicy: undefined,
    attempt: 1,
    cronSchedule: undefined,
    cronScheduleToScheduleIntervalMs: undefined,
    memo: undefined,
    searchAttributes: undefined,
    startTimeMs: 1_700_000_000_000,
    priority: undefined,
    ...overrides,
  };
}
