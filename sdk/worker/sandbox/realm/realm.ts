/**
 * One V8 context that holds the library, once and frozen, and the code of workflows, evaluated anew for each run.
 *
 * `node:vm` guards against accidents, not against attackers.
 */
import { constants, createContext, Script } from "node:vm";
import type { Context } from "node:vm";
import type { InsideRun, InsideRunOptions, Realm as InsideRealm } from "../inside/main.ts";
import type * as ModulesInside from "../inside/modules.ts";
import type * as PrepareInside from "../inside/prepare.ts";
import type { WorkflowCode } from "../loader/workflow-code.ts";
import { WorkflowLoadError } from "../loader/load-error.ts";
import { compileModule } from "./compile.ts";
import { hostHooks } from "./host-hooks.ts";
import { libraryCode, MAIN, MODULES, PREPARE } from "./library-code.ts";
import { hostError } from "./host-error.ts";
import { sourcesOf } from "./sources.ts";

/** Evaluating anything lets the microtasks of a realm run dry. */
const NOTHING = new Script("0", { filename: "perdure:drain" });

export class Realm {
  readonly #context: Context;
  readonly #inside: InsideRealm;

  constructor(code: WorkflowCode) {
    this.#context = createContext(constants.DONT_CONTEXTIFY, {
      name: "perdure workflows",
      microtaskMode: "afterEvaluate",
      codeGeneration: { strings: false, wasm: false },
    });
    const modules = this.#evaluateModules();
    const library = this.#defineAll(modules, libraryCode());
    const user = this.#defineAll(modules, code.modules);
    this.#inside = this.#evaluateLibrary(modules, library, code);
    const { entry, interceptors, payloadConverter, failureConverter, preload } = code;
    const entries = JSON.stringify({ entry, interceptors, payloadConverter, failureConverter, preload });
    guarded(() => this.#inside.seal(this.#library as ModulesInside.ModuleInstance, user, entries));
    this.drain();
  }

  #library: ModulesInside.ModuleInstance | undefined;

  /** Names of exported functions; undefined when there is a default one, or the code only loads in a run. */
  workflowTypes(): ReadonlySet<string> | undefined {
    const names = JSON.parse(guarded(() => this.#inside.workflowTypes())) as string[] | null;
    this.drain();
    return names === null ? undefined : new Set(names);
  }

  createRun(options: InsideRunOptions): InsideRun {
    return guarded(() => this.#inside.createRun(options));
  }

  drain(): void {
    NOTHING.runInContext(this.#context);
  }

  #evaluateModules(): typeof ModulesInside {
    const module = libraryCode().find(({ id }) => id === MODULES);
    if (module === undefined) throw new WorkflowLoadError("The library of the sandbox is incomplete");
    const exports = {} as typeof ModulesInside;
    const none = () => undefined;
    compileModule(module, this.#context).call(undefined, exports, none, { exports, meta: undefined });
    return exports;
  }

  #defineAll(modules: typeof ModulesInside, all: WorkflowCode["modules"]): ModulesInside.ModuleDefinitions {
    const definitions = new modules.ModuleDefinitions();
    for (const module of all) {
      definitions.define(module.id, compileModule(module, this.#context), JSON.stringify(module.targets));
    }
    return definitions;
  }

  #evaluateLibrary(
    modules: typeof ModulesInside,
    definitions: ModulesInside.ModuleDefinitions,
    code: WorkflowCode,
  ): InsideRealm {
    this.#library = new modules.ModuleInstance(definitions);
    const { prepareRealm } = this.#library.load(PREPARE) as typeof PrepareInside;
    prepareRealm(hostHooks(sourcesOf(code)));
    return (this.#library.load(MAIN) as { realm: InsideRealm }).realm;
  }
}

/** Errors of the realm become errors of this one. */
function guarded<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw hostError(error);
  }
}
