/**
 * How much more than it can do the server is asked for, and what is refused because of it.
 *
 * Everything that arrives while the process is busy is handled in one turn of its event loop: the longer that takes, the
 * more has arrived meanwhile. So the length of turns tells an overload that grows from a load that is merely full. Work
 * that begins something is refused, more of it the longer turns stay too long, and less when they are short again; what
 * was accepted goes on, with the latency that such turns allow.
 */
import type { Clock, Timers } from "../../../base/index.ts";
import { frontendSettings } from "../../dynamic-config/index.ts";
import type { DynamicConfig } from "../../dynamic-config/index.ts";
import type { ApiClass } from "./api-class.ts";

const { busyTurnMs, callsMax, uncommittedMax } = frontendSettings;

/** How fast pressure follows turns that are too long or short again: one of twice the length adds so much. */
const GAIN = 0.05;
/** A turn counts as if it were so many times too long at most: a single pause is not an overload. */
const EXCESS_MAX = 3;
/** Pressure up to here refuses nothing: so much comes from pauses that every process has. */
const SLACK = 0.2;
/** Where all new work is refused; beyond, other calls follow. */
const PRESSURE_MAX = SLACK + 2;
/** Of accepted work so much more may wait for the store than of new work. */
const ACCEPTED_FACTOR = 10;

export interface LoadOptions {
  readonly config: DynamicConfig;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Changes that wait for the store. */
  readonly uncommitted: () => number;
}

export class Load {
  readonly #config: DynamicConfig;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #uncommitted: () => number;
  /** Calls that are being answered, those excepted that wait for others. */
  callsOpen = 0;
  #pressure = 0;
  #turnBeganAt: number | undefined;
  /** Spreads refusals evenly: each class refuses when its sum passes one. */
  readonly #sums = new Map<ApiClass, number>();

  constructor(options: LoadOptions) {
    this.#config = options.config;
    this.#clock = options.clock;
    this.#timers = options.timers;
    this.#uncommitted = options.uncommitted;
  }

  /** From 0 (all is well) over 1 (all new work is refused) to 2. */
  get pressure(): number {
    return Math.max(0, this.#pressure - SLACK);
  }

  /** Whether a call of this class is to be refused now. */
  refuses(apiClass: ApiClass): boolean {
    if (this.#turnBeganAt === undefined) this.#beginTurn();
    if (apiClass === "free") return false;
    if (this.#isFull(apiClass)) return true;
    if (this.#pressure <= SLACK) return false;
    const share = shareRefused(apiClass, this.pressure);
    if (share <= 0) return false;
    const sum = (this.#sums.get(apiClass) ?? 0) + share;
    this.#sums.set(apiClass, sum >= 1 ? sum - 1 : sum);
    return sum >= 1;
  }

  /** Memory is bounded whatever turns take: a slow disk lets changes pile up, a slow reader answers. */
  #isFull(apiClass: ApiClass): boolean {
    if (this.callsOpen >= this.#config.get(callsMax)) return true;
    if (apiClass === "read" || apiClass === "list" || apiClass === "poll") return false;
    const most = this.#config.get(uncommittedMax);
    return this.#uncommitted() >= (apiClass === "work" ? most : most * ACCEPTED_FACTOR);
  }

  #beginTurn(): void {
    this.#turnBeganAt = this.#clock.now();
    this.#timers.immediate(this.#endTurn);
  }

  readonly #endTurn = (): void => {
    const tookMs = this.#clock.now() - (this.#turnBeganAt as number);
    this.#turnBeganAt = undefined;
    const busyMs = this.#config.get(busyTurnMs);
    if (busyMs <= 0) {
      this.#pressure = 0;
      return;
    }
    const excess = Math.min(EXCESS_MAX, tookMs / busyMs - 1);
    this.#pressure = Math.min(PRESSURE_MAX, Math.max(0, this.#pressure + GAIN * excess));
  };
}

/** Looking at work is refused before new work, fetching and stopping work after it, finishing work never. */
function shareRefused(apiClass: ApiClass, pressure: number): number {
  switch (apiClass) {
    case "list":
    case "read":
      return Math.min(1, pressure * 2);
    case "work":
      return Math.min(1, pressure);
    case "poll":
    case "control":
      return Math.min(1, pressure - 1);
    case "free":
    case "progress":
      return 0;
  }
}
