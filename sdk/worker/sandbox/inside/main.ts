/**
 * What a realm offers to the process around it. The process calls it with primitives and plain data, which is copied
 * in, and reads plain data from what it gets.
 */
import { DefaultFailureConverter, defaultPayloadConverter } from "../../../common/index.ts";
import type { FailureConverter, PayloadConverter, Workflow } from "../../../common/index.ts";
import type { Activation, ActivationCompletion, SinkCallRecord, WorkflowRun } from "../../../workflow/activation.ts";
import { installAsyncLocalStorage } from "../../../workflow/async-context.ts";
import type { AsyncStorageConstructor } from "../../../workflow/async-context.ts";
import type { WorkflowInterceptorsFactory } from "../../../workflow/interceptors.ts";
import { explainMissingGlobal, installGlobals } from "../../../workflow/globals.ts";
import { createWorkflowRun } from "../../../workflow/run.ts";
import type { CreateRunOptions, LoadedCode } from "../../../workflow/run.ts";
import { AsyncLocalStorage } from "./async-local-storage.ts";
import { adopt } from "./border.ts";
import { freezeShared } from "./freeze.ts";
import { workflowConsole } from "./console.ts";
import { hostHooks } from "./host-hooks.ts";
import { ModuleInstance } from "./modules.ts";
import type { ModuleDefinitions } from "./modules.ts";
import { defineGlobals } from "./prepare.ts";
import { divertDefinitions, divideGlobals, enterRunGlobals, leaveRunGlobals, newRunGlobals } from "./run-globals.ts";
import type { RunGlobals } from "./run-globals.ts";

/** Ids of modules, as in `WorkflowCode`. */
export interface CodeEntries {
  readonly entry: string;
  readonly interceptors: readonly string[];
  readonly payloadConverter?: string;
  readonly failureConverter?: string;
  readonly preload: readonly string[];
}

/** As `HostRunOptions`, in what may cross the border. */
export interface InsideRunOptions {
  readonly runId: string;
  readonly failureErrorTypes: readonly string[] | undefined;
  readonly registeredActivityNames: readonly string[] | undefined;
  readonly patchActivationCallback: ((info: unknown, patchId: string) => boolean | string) | undefined;
  readonly timeOfDay: (() => bigint) | undefined;
  readonly lowestLogLevel: CreateRunOptions["lowestLogLevel"];
  readonly isStackRecorded: boolean;
}

export interface Realm {
  /** Makes everything shared read-only; afterwards runs may be created. */
  seal(library: ModuleInstance, code: ModuleDefinitions, entries: string): void;
  /** Evaluates the code as a run would and tells what it exports, as JSON: function names, or null when any will do. */
  workflowTypes(): string;
  createRun(options: InsideRunOptions): InsideRun;
}

export interface InsideRun {
  /** As in `WorkflowRun`. */
  readonly promiseHooks: WorkflowRun["promiseHooks"];
  activate(activation: Activation): void;
  tryUnblockConditions(): number;
  concludeActivation(): ActivationCompletion;
  /** `error` is of this realm. */
  failActivation(error: unknown): ActivationCompletion;
  /** `reason` and `promise` are of this realm. */
  failRejection(reason: unknown, promise: object): ActivationCompletion;
  /** For an error of the process, of which only texts come in. */
  failActivationWith(name: string, message: string, stack: string): ActivationCompletion;
  takeSinkCalls(): readonly SinkCallRecord[];
  dispose(): void;
}

interface Sealed {
  readonly library: ModuleInstance;
  readonly code: ModuleDefinitions;
  readonly entries: CodeEntries;
  readonly preloaded: ModuleInstance;
}

/** What workflow code may import of the library. */
const SHARED = [
  "workflow/index",
  "extras/index",
  ...["assert", "url", "util"].map((name) => `worker/sandbox/inside/builtins/${name}`),
];

let sealed: Sealed | undefined;

export const realm: Realm = {
  seal(library, code, entriesText) {
    installAsyncLocalStorage(AsyncLocalStorage as unknown as AsyncStorageConstructor);
    const entries = JSON.parse(entriesText) as CodeEntries;
    installGlobals(globalThis, "refuse");
    defineGlobals({ console: workflowConsole() });
    divertDefinitions();
    // What is first evaluated later would not be frozen.
    for (const id of SHARED) library.load(id);
    freezeShared(library.exports);
    divideGlobals();
    const preloaded = new ModuleInstance(code, library);
    for (const id of entries.preload) preloaded.load(id);
    sealed = { library, code, entries, preloaded };
  },
  workflowTypes() {
    enterRunGlobals(newRunGlobals());
    try {
      const exported = newInstance().load(readySealed().entries.entry) as Record<string, unknown>;
      const names = Object.keys(exported).filter((name) => name !== "default" && typeof exported[name] === "function");
      return JSON.stringify(typeof exported["default"] === "function" ? null : names);
    } catch (error) {
      explainMissingGlobal(error);
      throw error;
    } finally {
      leaveRunGlobals();
    }
  },
  createRun,
};

function readySealed(): Sealed {
  if (sealed === undefined) throw new Error("The sandbox is not sealed yet");
  return sealed;
}

function newInstance(): ModuleInstance {
  const { code, library, preloaded } = readySealed();
  return new ModuleInstance(code, library, preloaded);
}

function createRun(options: InsideRunOptions): InsideRun {
  const globals = newRunGlobals();
  enterRunGlobals(globals);
  const instance = newInstance();
  const run = createWorkflowRun(runOptions(adoptOptions(options), instance));
  leaveRunGlobals();
  return new DrivenRun(run, globals);
}

/** A class, of which ten thousand instances may be cached. */
class DrivenRun implements InsideRun {
  readonly #run: WorkflowRun;
  readonly #globals: RunGlobals;

  constructor(run: WorkflowRun, globals: RunGlobals) {
    this.#run = run;
    this.#globals = globals;
  }

  get promiseHooks(): WorkflowRun["promiseHooks"] {
    return this.#run.promiseHooks;
  }

  activate(activation: Activation): void {
    enterRunGlobals(this.#globals);
    this.#run.activate(adopt(activation) as Activation);
  }

  tryUnblockConditions(): number {
    return this.#run.tryUnblockConditions();
  }

  concludeActivation(): ActivationCompletion {
    return this.#run.concludeActivation();
  }

  failActivation(error: unknown): ActivationCompletion {
    return this.#run.failActivation(error);
  }

  failRejection(reason: unknown, promise: object): ActivationCompletion {
    return this.#run.failRejection(reason, promise);
  }

  failActivationWith(name: string, message: string, stack: string): ActivationCompletion {
    return this.#run.failActivation(Object.assign(new Error(message), { name, stack }));
  }

  takeSinkCalls(): readonly SinkCallRecord[] {
    return this.#run.takeSinkCalls();
  }

  dispose(): void {
    enterRunGlobals(this.#globals);
    this.#run.dispose();
    leaveRunGlobals();
  }
}

/** Functions of the process stay behind closures of this realm; the rest is copied. */
function adoptOptions(options: InsideRunOptions): InsideRunOptions {
  const { patchActivationCallback, timeOfDay } = options;
  return { ...(adopt(options) as InsideRunOptions), patchActivationCallback, timeOfDay };
}

function patchCallback(ask: InsideRunOptions["patchActivationCallback"]): CreateRunOptions["patchActivationCallback"] {
  if (ask === undefined) return undefined;
  return (info, patchId) => {
    const answer = ask(info, patchId);
    if (typeof answer === "string") throw new Error(answer);
    return answer;
  };
}

function runOptions(options: InsideRunOptions, instance: ModuleInstance): CreateRunOptions {
  const { entries } = readySealed();
  const { registeredActivityNames, patchActivationCallback, timeOfDay } = options;
  return {
    runId: options.runId,
    load: (workflowType) => load(instance, entries, workflowType),
    payloadConverter:
      converter<PayloadConverter>(instance, entries.payloadConverter, "payloadConverter") ?? defaultPayloadConverter,
    failureConverter:
      converter<FailureConverter>(instance, entries.failureConverter, "failureConverter") ?? defaultFailures,
    failureErrorTypes: options.failureErrorTypes,
    registeredActivityNames: registeredActivityNames && new Set(registeredActivityNames),
    patchActivationCallback: patchCallback(patchActivationCallback),
    lowestLogLevel: options.lowestLogLevel,
    stackTraces: { isRecorded: options.isStackRecorded, readSource: hostHooks().readSource },
    timeOfDay: timeOfDay && (() => timeOfDay()),
  };
}

const defaultFailures = new DefaultFailureConverter();

function converter<T>(instance: ModuleInstance, id: string | undefined, name: string): T | undefined {
  if (id === undefined) return undefined;
  const found = (instance.load(id) as Record<string, unknown>)[name];
  if (typeof found !== "object" || found === null) {
    throw new TypeError(`The module of ${name}Path does not export an object named ${name}`);
  }
  return found as T;
}

function load(instance: ModuleInstance, entries: CodeEntries, workflowType: string): LoadedCode {
  const interceptors = entries.interceptors.map((id) => interceptorsOf(instance.load(id)));
  const exported = instance.load(entries.entry) as Record<string, unknown>;
  const own = Object.hasOwn(exported, workflowType) ? exported[workflowType] : undefined;
  const workflow = typeof own === "function" ? own : exported["default"];
  return {
    workflow: typeof workflow === "function" ? (workflow as Workflow) : undefined,
    knownTypes: Object.keys(exported).filter((name) => typeof exported[name] === "function"),
    interceptors: interceptors.flat(),
  };
}

/** A module without factories is one that was listed for its effects. */
function interceptorsOf(exported: object): WorkflowInterceptorsFactory[] {
  const factory = (exported as { interceptors?: unknown }).interceptors;
  if (factory === undefined) return [];
  if (typeof factory === "function") return [factory as WorkflowInterceptorsFactory];
  throw new TypeError("A workflow interceptors module exports a variable named interceptors that is not a function");
}
