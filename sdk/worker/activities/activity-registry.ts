import type { ActivityFunction } from "../../common/index.ts";

// oxlint-disable-next-line no-explicit-any -- Activities of any signature.
export type AnyActivity = ActivityFunction<any[], any>;

/** The activity that serves every name that no other one has. */
const DEFAULT = "default";

/** The activities of a worker by name. */
export class ActivityRegistry {
  readonly #functions = new Map<string, AnyActivity>();
  readonly #default: AnyActivity | undefined;

  /** Takes the functions among the properties of `activities`. Throws TypeError when it is no object. */
  constructor(activities: object | undefined) {
    if (activities === undefined) return;
    if (typeof activities !== "object" || activities === null)
      throw new TypeError(`activities must be an object of functions, not ${String(activities)}`);
    for (const [name, value] of activities instanceof Map ? activities : Object.entries(activities)) {
      if (typeof value !== "function") continue;
      if (name === DEFAULT) this.#default = value as AnyActivity;
      else this.#functions.set(name, value as AnyActivity);
    }
  }

  get isEmpty(): boolean {
    return this.#functions.size === 0 && this.#default === undefined;
  }

  get names(): ReadonlySet<string> {
    return new Set(this.#functions.keys());
  }

  /** Whether any name will do. */
  get hasDefault(): boolean {
    return this.#default !== undefined;
  }

  find(name: string): AnyActivity | undefined {
    return this.#functions.get(name) ?? this.#default;
  }
  /** What is said of an activity that this worker does not have. */
  missingText(name: string): string {
    return `Activity function ${name} is not registered on this Worker, available activities: ${JSON.stringify([...this.names])}`;
  }
}
