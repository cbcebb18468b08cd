/**
 * Modules inside a sandbox. This file is evaluated first and by itself: it imports nothing.
 *
 * 1. Bodies are compiled once; an instance evaluates them anew, so that what a module keeps is its instance's own.
 * 2. The library is one instance, of which all others see the same exports.
 */
export type ModuleBody = (
  this: unknown,
  exports: object,
  require: (specifier: string) => unknown,
  module: ModuleObject,
) => void;

/** `import.meta` of a file becomes `module.meta`. */
export interface ModuleObject {
  exports: object;
  readonly meta: unknown;
}

interface Target {
  readonly module?: string;
  readonly library?: string;
  readonly problem?: string;
  readonly ignored?: string;
}

interface Definition {
  readonly body: ModuleBody;
  readonly targets: Readonly<Record<string, Target>>;
}

export class ModuleDefinitions {
  readonly #byId = new Map<string, Definition>();

  /** `targets` as JSON: no object of the process around comes in. */
  define(id: string, body: ModuleBody, targets: string): void {
    this.#byId.set(id, { body, targets: JSON.parse(targets) as Record<string, Target> });
  }

  get(id: string): Definition {
    const found = this.#byId.get(id);
    if (found === undefined) throw new Error(`There is no module ${id} in this sandbox`);
    return found;
  }
}

export class ModuleInstance {
  readonly #definitions: ModuleDefinitions;
  /** Answers imports of the library; itself for the library. */
  readonly #library: ModuleInstance;
  readonly #shared: ModuleInstance | undefined;
  readonly #modules = new Map<string, ModuleObject>();

  constructor(definitions: ModuleDefinitions, library?: ModuleInstance, shared?: ModuleInstance) {
    this.#definitions = definitions;
    this.#library = library ?? this;
    this.#shared = shared;
  }

  /** The exports of a module, which is evaluated at the first call. A failed evaluation is tried anew. */
  load(id: string): object {
    const known = this.#modules.get(id) ?? this.#shared?.loaded(id);
    if (known !== undefined) return known.exports;
    const { body, targets } = this.#definitions.get(id);
    const module: ModuleObject = { exports: {}, meta };
    this.#modules.set(id, module);
    try {
      body.call(module.exports, module.exports, (specifier) => this.#require(specifier, targets), module);
    } catch (error) {
      this.#modules.delete(id);
      throw error;
    }
    return module.exports;
  }

  loaded(id: string): ModuleObject | undefined {
    return this.#modules.get(id);
  }

  /** Every module that was evaluated. */
  get exports(): object[] {
    return [...this.#modules.values()].map((module) => module.exports);
  }

  #require(specifier: string, targets: Readonly<Record<string, Target>>): unknown {
    const target = Object.hasOwn(targets, specifier) ? targets[specifier] : undefined;
    if (target?.module !== undefined) return this.load(target.module);
    if (target?.library !== undefined) return libraryFace(this.#library.load(target.library));
    if (target?.ignored !== undefined) return ignoredModule(target.ignored);
    const computed = "Workflow code may only import modules whose names are written in the import";
    const error = new Error(target?.problem ?? `Cannot import ${specifier}: ${computed}`);
    error.name = "WorkflowLoadError";
    throw error;
  }
}

const meta = Object.freeze({
  get url(): never {
    throw new Error("import.meta.url differs between machines and is not available to workflows");
  },
});

/** Stand-ins for modules of Node are CommonJS to their importers, as those are. */
function libraryFace(exports: { readonly builtin?: object }): object {
  return exports.builtin ?? exports;
}

/** Can be imported and taken apart; fails when anything of it is called. */
function ignoredModule(message: string): object {
  const fail = (): never => {
    throw new Error(message);
  };
  return new Proxy(function ignored() {}, {
    get(target, key) {
      if (key === "prototype") return target.prototype as unknown;
      if (typeof key === "symbol" || key === "__esModule" || key === "then") return undefined;
      return ignoredModule(message);
    },
    set: fail,
    apply: fail,
    construct: fail,
  });
}
