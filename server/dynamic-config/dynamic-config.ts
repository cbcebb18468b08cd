import { allSettings } from "./settings.ts";
import type { Setting } from "./setting.ts";

/** What a value holds for; a part that is absent holds for all. */
export interface Constraints {
  readonly namespace?: string | undefined;
  readonly taskQueue?: string | undefined;
  readonly taskType?: TaskType | undefined;
}

export type TaskType = "workflow" | "activity";

/** One value of one key, read and known to be of the right type. */
export interface ConfigValue {
  readonly setting: Setting<unknown>;
  readonly value: unknown;
  readonly constraints: Constraints;
}

interface Values {
  /** Those with constraints, the closest first. */
  readonly constrained: readonly ConfigValue[];
  readonly plain: unknown;
}

const SETTING_BY_KEY: ReadonlyMap<string, Setting<unknown>> = new Map(
  allSettings.map((setting) => [setting.key.toLowerCase(), setting]),
);

export function settingOf(key: string): Setting<unknown> | undefined {
  return SETTING_BY_KEY.get(key.toLowerCase());
}

/**
 * The values in force. Replaced as a whole: whoever asks sees all of a file's values or none. What is derived from values
 * may be kept as long as `generation` stays.
 */
export class DynamicConfig {
  #values: ReadonlyMap<Setting<unknown>, Values> = new Map();
  #generation = 0;

  get generation(): number {
    return this.#generation;
  }

  replace(values: readonly ConfigValue[]): void {
    const bySetting = Map.groupBy(values, ({ setting }) => setting);
    this.#values = new Map([...bySetting].map(([setting, ofIt]) => [setting, ordered(setting, ofIt)]));
    this.#generation++;
  }

  /** The value for this namespace and queue: that of the closest constraints, of several alike the first. */
  get<T>(setting: Setting<T>, place?: Constraints): T {
    const values = this.#values.get(setting);
    if (values === undefined) return setting.default;
    if (place !== undefined)
      for (const { constraints, value } of values.constrained) if (holds(constraints, place)) return value as T;
    return values.plain as T;
  }

  /** Whether somebody gave the key a value that may hold somewhere. */
  has(setting: Setting<unknown>): boolean {
    return this.#values.has(setting);
  }

  /** Whether values of the key differ from place to place. */
  isConstrained(setting: Setting<unknown>): boolean {
    return (this.#values.get(setting)?.constrained.length ?? 0) > 0;
  }
}

function ordered(setting: Setting<unknown>, values: readonly ConfigValue[]): Values {
  const usable = values.filter(({ constraints }) => weight(constraints) === 0 || fits(setting, constraints));
  const plain = usable.find(({ constraints }) => weight(constraints) === 0);
  const constrained = usable
    .filter(({ constraints }) => weight(constraints) > 0)
    .sort((a, b) => weight(b.constraints) - weight(a.constraints));
  return { constrained, plain: plain === undefined ? setting.default : plain.value };
}

/** A queue says more than a namespace, both more than either. */
function weight({ namespace, taskQueue, taskType }: Constraints): number {
  return (namespace === undefined ? 0 : 2) + (taskQueue === undefined ? 0 : 4) + (taskType === undefined ? 0 : 1);
}

/** A constraint that the key is not asked with never holds. */
function fits({ scope }: Setting<unknown>, { taskQueue, taskType }: Constraints): boolean {
  if (scope === "server") return false;
  return scope === "taskQueue" || (taskQueue === undefined && taskType === undefined);
}

function holds(constraints: Constraints, place: Constraints): boolean {
  const { namespace, taskQueue, taskType } = constraints;
  return (
    (namespace === undefined || namespace === place.namespace) &&
    (taskQueue === undefined || taskQueue === place.taskQueue) &&
    (taskType === undefined || taskType === place.taskType)
  );
}
