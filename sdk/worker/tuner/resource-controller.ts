import { availableParallelism, totalmem } from "node:os";
import type { Clock } from "../../../base/index.ts";
import { systemClock } from "../../../base/index.ts";
import type { ResourceBasedTunerOptions } from "./slot-supplier.ts";

/** A reading is good for this long: it costs a system call. */
const SAMPLE_MS = 100;
/** Weight of a new reading of the CPU; the rest is the past. */
const CPU_WEIGHT = 0.3;

/**
 * Says whether this process may take on more, by its memory against the machine's (or container's) and its CPU time.
 * One controller may serve several workers.
 */
export class ResourceBasedController {
  readonly #options: ResourceBasedTunerOptions;
  readonly #clock: Clock;
  #sampledAt = Number.NEGATIVE_INFINITY;
  #cpuMicros = 0;
  #cpu = 0;
  #memory = 0;

  private constructor(options: ResourceBasedTunerOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  /** Throws RangeError for a target outside 0…1. */
  static create(options: ResourceBasedTunerOptions, clock: Clock = systemClock): ResourceBasedController {
    for (const [name, value] of Object.entries(options))
      if (!(typeof value === "number" && value > 0 && value <= 1))
        throw new RangeError(`${name} must be above 0 and at most 1, not ${String(value)}`);
    return new ResourceBasedController(options, clock);
  }

  get hasRoom(): boolean {
    this.#sample();
    return this.#memory < this.#options.targetMemoryUsage && this.#cpu < this.#options.targetCpuUsage;
  }

  #sample(): void {
    const now = this.#clock.now();
    const elapsedMs = now - this.#sampledAt;
    if (elapsedMs >= 0 && elapsedMs < SAMPLE_MS) return;
    const { user, system } = process.cpuUsage();
    if (Number.isFinite(elapsedMs) && elapsedMs > 0) {
      const used = (user + system - this.#cpuMicros) / (elapsedMs * 1_000 * availableParallelism());
      this.#cpu += CPU_WEIGHT * (used - this.#cpu);
    }
    this.#cpuMicros = user + system;
    const limit = process.constrainedMemory();
    const total = limit > 0 && limit < totalmem() ? limit : totalmem();
    this.#memory = process.memoryUsage.rss() / total;
    this.#sampledAt = now;
  }
}
