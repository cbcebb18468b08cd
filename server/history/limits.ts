/** Limits of the history service: values of the dynamic configuration, by namespace. */
import { limitSettings } from "../dynamic-config/index.ts";
import type { DynamicConfig } from "../dynamic-config/index.ts";

type LimitName = keyof typeof limitSettings;

/** What each limits and how its key is called stands in server/dynamic-config/settings.ts. */
export type Limits = { readonly [Name in LimitName]: number };

const NAMES = Object.keys(limitSettings) as LimitName[];

/** The limits of namespaces. What is asked for all the time is worked out once for each state of the configuration. */
export class LimitDirectory {
  readonly #config: DynamicConfig;
  readonly #defaults: Partial<Limits>;
  readonly #byNamespace = new Map<string, Limits>();
  #generation = -1;
  #general: Limits | undefined;
  #differs = false;

  /** `defaults` stand in for those of the settings. */
  constructor(config: DynamicConfig, defaults: Partial<Limits> = {}) {
    this.#config = config;
    this.#defaults = defaults;
  }

  /** Those of namespaces that have none of their own. */
  get general(): Limits {
    if (this.#general === undefined || this.#generation !== this.#config.generation) this.#renew();
    return this.#general as Limits;
  }

  of(namespace: string): Limits {
    const { general } = this;
    if (!this.#differs) return general;
    let limits = this.#byNamespace.get(namespace);
    if (limits === undefined) {
      limits = this.#read(namespace);
      this.#byNamespace.set(namespace, limits);
    }
    return limits;
  }

  #renew(): void {
    this.#generation = this.#config.generation;
    this.#byNamespace.clear();
    this.#differs = NAMES.some((name) => this.#config.isConstrained(limitSettings[name]));
    this.#general = this.#read(undefined);
  }

  #read(namespace: string | undefined): Limits {
    const value = (name: LimitName): number => {
      const setting = limitSettings[name];
      const given = this.#defaults[name];
      if (given !== undefined && !this.#config.has(setting)) return given;
      return this.#config.get(setting, namespace === undefined ? undefined : { namespace });
    };
    return Object.fromEntries(NAMES.map((name) => [name, value(name)])) as Limits;
  }
}
