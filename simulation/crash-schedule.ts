import { CRASH_POINTS } from "./crash-points.ts";
import type { CrashPoint } from "./crash-points.ts";
import type { Plan } from "./plan.ts";

/** An armed point whose occasion does not come within so many operations gives way to one that always comes. */
const PATIENCE = 60;
/** Crashes come within this part of the operations: a restart heals much that would show without it. */
export const CRASHES_WITHIN = 0.8;
const ALWAYS: CrashPoint = "before a commit";

/** Spreads a seed's crashes over its operations, and takes the points in turn, beginning at one that the seed chooses. */
export class CrashSchedule {
  readonly #plan: Plan;
  readonly #bringAbout: (point: CrashPoint) => void;
  #operations = 0;
  #happened = 0;
  #armedAt: number | undefined;
  #turn = 0;

  constructor(plan: Plan, bringAbout: (point: CrashPoint) => void) {
    this.#plan = plan;
    this.#bringAbout = bringAbout;
  }

  get isOver(): boolean {
    return this.#happened >= this.#plan.crashes;
  }

  operationBegins(): void {
    this.#operations++;
    if (this.isOver) return;
    const { operations, crashes, seed } = this.#plan;
    const due = Math.floor((this.#operations * (crashes + 0.5)) / (operations * CRASHES_WITHIN));
    if (this.#happened >= due) return;
    if (this.#armedAt === undefined) {
      this.#armedAt = this.#operations;
      this.#bringAbout(CRASH_POINTS[(seed + this.#turn++) % CRASH_POINTS.length] as CrashPoint);
    } else if (this.#operations - this.#armedAt > PATIENCE) {
      this.#armedAt = this.#operations;
      this.#bringAbout(ALWAYS);
    }
  }

  /** At the end: what is still due happens now. */
  finish(): void {
    if (!this.isOver) this.#bringAbout("between two commits");
  }

  happened(): void {
    this.#happened++;
    this.#armedAt = undefined;
  }
}
