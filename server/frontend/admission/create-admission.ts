import type { Frontend } from "../frontend.ts";
import { MethodAdmission } from "./admission.ts";
import type { AdmissionParts } from "./admission.ts";
import { Load } from "./load.ts";
import { RateLimits } from "./rate-limits.ts";
import { WaitingCalls } from "./waiting-calls.ts";

/** Decides call by call; one for the whole server. */
export class Admission {
  readonly #parts: AdmissionParts;

  constructor({ clock, timers, config, history }: Pick<Frontend, "clock" | "timers" | "config" | "history">) {
    const { kernel } = history;
    this.#parts = {
      clock,
      load: new Load({ config, clock, timers, backlog: kernel }),
      rates: new RateLimits(config),
      waiting: new WaitingCalls(config),
    };
  }

  get load(): Load {
    return this.#parts.load;
  }

  of(method: string): MethodAdmission {
    return new MethodAdmission(method, this.#parts);
  }
}
