/**
 * All that one run remembers between two activations. Plain fields, changed by the modules around it; what most runs
 * never need is made on first use, because a worker keeps tens of thousands of these.
 */
import type {
  PayloadTypeInfo,
  TypeInfo,
  VersioningBehavior,
  Workflow,
  WorkflowDefinitionOptions,
} from "../common/index.ts";
import type { Activation, ActivationJob, InitializeWorkflow, SinkCallRecord, WorkflowCommand } from "./activation.ts";
import type { CancellationScope } from "./cancellation-scope.ts";
import type { Condition } from "./conditions.ts";
import { MessageHandlers } from "./message-handlers.ts";
import type { WorkflowInfo } from "./info.ts";
import type { WorkflowInterceptors } from "./interceptors.ts";
import { createAlea, type RandomSource } from "./alea.ts";
import type { PromiseSites } from "./promise-sites.ts";
import type { CreateRunOptions } from "./run.ts";
import type { Site } from "./stack-frames.ts";

/** The resolvers of one command that an answer will come for. */
export interface Pending<T = unknown> {
  resolve(value: T): void;
  reject(error: unknown): void;
  /** How to decode the answer: see `PayloadConverter`. */
  readonly outputType?: TypeInfo | undefined;
  /** Whose converter context the answer is in; the run's own when absent. */
  readonly context?: SerializationTarget | undefined;
  /** Where the code waits, when stacks are recorded. */
  readonly site?: Site | undefined;
}

export type SerializationTarget =
  | { readonly type: "workflow"; readonly namespace: string; readonly workflowId: string }
  | {
      readonly type: "activity";
      readonly namespace: string;
      readonly workflowId: string;
      readonly activityId: string;
      readonly isLocal: boolean;
    };

/** Kinds of commands whose answers name them by number; each kind counts for itself. */
export type PendingKind =
  | "timer"
  | "activity"
  | "childWorkflowStart"
  | "childWorkflow"
  | "signalWorkflow"
  | "cancelWorkflow"
  | "nexusOperationStart"
  | "nexusOperation";

export type SequenceKind =
  | "timer"
  | "activity"
  | "childWorkflow"
  | "signalWorkflow"
  | "cancelWorkflow"
  | "nexusOperation"
  | "condition"
  | "signalHandler";

export class RunState {
  readonly options: CreateRunOptions;
  readonly runId: string;
  activation!: Activation;
  initialize!: InitializeWorkflow;
  nowMs = 0;
  /** The second half of an activation that an old version divided in two. */
  laterJobs: readonly ActivationJob[] | undefined;
  /** Set while a query handler or an update validator runs: no commands then, and nothing counts as replayed. */
  isReadOnly = false;

  workflow: Workflow | undefined;
  typeInfo: PayloadTypeInfo | undefined;
  definitionOptions: (() => WorkflowDefinitionOptions) | undefined;
  failureExceptionTypes: readonly (new (...args: any[]) => Error)[] = [];
  versioningBehavior: VersioningBehavior | undefined;
  interceptors: Required<WorkflowInterceptors> = NO_INTERCEPTORS;

  commands: WorkflowCommand[] = [];
  sinkCalls: SinkCallRecord[] = [];
  /** A final command has been issued. */
  isCompleted = false;
  /** The server asked for cancellation. */
  isCancelled = false;
  isDisposed = false;
  /** The first error that fails the workflow task; see `failures.ts`. */
  taskError: { readonly error: unknown } | undefined;
  /** Jobs are being applied: errors may be thrown to the driver at once. */
  isSynchronous = false;

  readonly sequences: Record<SequenceKind, number> = {
    timer: 1,
    activity: 1,
    childWorkflow: 1,
    signalWorkflow: 1,
    cancelWorkflow: 1,
    nexusOperation: 1,
    condition: 1,
    signalHandler: 1,
  };
  readonly handlers = new MessageHandlers();
  rootScope!: CancellationScope;
  conditions: Map<number, Condition> | undefined;

  randomnessSeed: readonly number[] = [];
  random: RandomSource = unseeded;
  namedRandoms: Map<string, RandomSource> | undefined;

  /** Patches with a marker in history. */
  patchesPresent: Set<string> | undefined;
  /** What `patched` answered. */
  patchDecisions: Map<string, boolean> | undefined;
  patchesSent: Set<string> | undefined;

  knownFlags: Set<number> | undefined;
  newFlags: number[] | undefined;

  currentDetails = "";
  /** When the first workflow task ran. */
  startedAtMs = 0;
  /** See `info.ts`; for one activation, because few runs are asked for it while thousands are kept. */
  info: WorkflowInfo | undefined;
  baseInfo: Partial<WorkflowInfo> | undefined;
  /** What the code itself changed. */
  infoChanges: Partial<WorkflowInfo> | undefined;
  timeoutHandles: Map<number, CancellationScope> | undefined;
  /** When stacks are recorded. */
  promiseSites: PromiseSites | undefined;
  readonly #pending: Partial<Record<PendingKind, Map<number, Pending<any>>>> = {};

  constructor(options: CreateRunOptions) {
    this.options = options;
    this.runId = options.runId;
  }

  /** The generator is fed the highest byte first. */
  seed(randomnessSeed: readonly number[]): void {
    this.randomnessSeed = randomnessSeed.toReversed();
    this.random = createAlea(this.randomnessSeed);
    this.namedRandoms = undefined;
  }

  nextSequence(kind: SequenceKind): number {
    return this.sequences[kind]++;
  }

  expect(kind: PendingKind, sequence: number, pending: Pending<any>): void {
    const table = this.#pending[kind];
    if (table === undefined) this.#pending[kind] = new Map([[sequence, pending]]);
    else table.set(sequence, pending);
  }

  isPending(kind: PendingKind, sequence: number): boolean {
    return this.#pending[kind]?.has(sequence) ?? false;
  }

  /** Removes and returns what waits for the answer; undefined when nothing does. */
  take(kind: PendingKind, sequence: number): Pending<any> | undefined {
    const table = this.#pending[kind];
    const pending = table?.get(sequence);
    if (pending !== undefined) table?.delete(sequence);
    return pending;
  }

  /** In the order in which they were issued, kind by kind. */
  *allPending(): Iterable<Pending<any>> {
    for (const table of Object.values(this.#pending)) yield* table.values();
  }
}

const NO_INTERCEPTORS: Required<WorkflowInterceptors> = { inbound: [], outbound: [], internals: [] };

function unseeded(): number {
  throw new Error("A run draws random numbers only after its first activation");
}
