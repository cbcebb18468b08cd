/**
 * How much more than it can do the server is asked for, and what is refused because of it.
 *
 * Everything that arrives while the process is busy is handled in one turn of its event loop: the longer that takes, the
 * more has arrived meanwhile. So long turns with very many calls, one after the other, tell an overload, which grows, from a
 * load that is merely full: clients that wait for answers never have so many under way. From then on each turn takes new
 * work for its share of the time and refuses the rest; what was accepted goes on, with the latency that such turns allow.
 */
import type { Clock, Timers } from "../../../base/index.ts";
import { frontendSettings } from "../../dynamic-config/index.ts";
import type { DynamicConfig } from "../../dynamic-config/index.ts";
import type { ApiClass } from "./api-class.ts";

const { busyTurnMs, busyTurnCalls, callsMax, uncommittedMax, uncommittedMs } = frontendSettings;

/** Turns must have been long for this while: a burst that comes once is served. */
const GRACE_MS = 250;
/** Of accepted work so much more may wait for the store than of new work. */
const ACCEPTED_FACTOR = 10;

/** Looking at work is refused before new work, fetching and stopping work long after it, finishing work never. */
const PATIENCE: Readonly<Record<ApiClass, number>> = {
  list: 0.5,
  read: 0.5,
  work: 1,
  poll: 8,
  control: 8,
  progress: Number.POSITIVE_INFINITY,
  free: Number.POSITIVE_INFINITY,
};

/** Changes that wait for the store. */
export interface Backlog {
  readonly uncommitted: number;
  /** When the oldest of them was decided. */
  readonly uncommittedSince: number | undefined;
}

export interface LoadOptions {
  readonly config: DynamicConfig;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly backlog: Backlog;
}

export class Load {
  readonly #config: DynamicConfig;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #backlog: Backlog;
  /** Calls that are being answered, those excepted that wait for others. */
  callsOpen = 0;
  #isInTurn = false;
  #turnBeganAt = 0;
  /** Calls of this turn, refused ones included: those that ask for something new, and the others. */
  #demands = 0;
  #others = 0;
  /** Since when one turn after the other is too long; undefined while they are not. */
  #busySince: number | undefined;

  constructor(options: LoadOptions) {
    this.#config = options.config;
    this.#clock = options.clock;
    this.#timers = options.timers;
    this.#backlog = options.backlog;
  }

  /** Whether a call of this class is to be refused now. */
  refuses(apiClass: ApiClass): boolean {
    if (!this.#isInTurn) this.#beginTurn();
    if (apiClass === "free") return false;
    const isDemand = apiClass === "work" || apiClass === "read" || apiClass === "list";
    const calls = isDemand ? ++this.#demands : ++this.#others;
    return this.#isFull(apiClass) || this.#isBeyondTurn(PATIENCE[apiClass], calls);
  }

  #isBeyondTurn(patience: number, calls: number): boolean {
    if (calls <= this.#config.get(busyTurnCalls) * patience) return false;
    const busyMs = this.#config.get(busyTurnMs);
    if (busyMs <= 0) return false;
    const now = this.#clock.now();
    if (now - this.#turnBeganAt <= busyMs * patience) return false;
    return now - (this.#busySince ?? this.#turnBeganAt) > GRACE_MS;
  }

  /** Memory is bounded whatever turns take: a slow disk lets changes pile up, a slow reader answers. */
  #isFull(apiClass: ApiClass): boolean {
    if (this.callsOpen >= this.#config.get(callsMax)) return true;
    if (apiClass === "read" || apiClass === "list" || apiClass === "poll") return false;
    const { uncommitted, uncommittedSince } = this.#backlog;
    const most = this.#config.get(uncommittedMax);
    if (apiClass !== "work") return uncommitted >= most * ACCEPTED_FACTOR;
    if (uncommitted >= most) return true;
    // What waits for long among many others waits in a queue; alone it waits for a slow disk, which refusals make no faster.
    if (uncommittedSince === undefined || uncommitted <= this.#config.get(busyTurnCalls)) return false;
    return this.#clock.now() - uncommittedSince > this.#config.get(uncommittedMs);
  }

  #beginTurn(): void {
    this.#isInTurn = true;
    this.#turnBeganAt = this.#clock.now();
    this.#timers.immediate(this.#endTurn);
  }

  readonly #endTurn = (): void => {
    const tookMs = this.#clock.now() - this.#turnBeganAt;
    const most = this.#config.get(busyTurnCalls) / 2;
    const isBusy =
      tookMs > this.#config.get(busyTurnMs) && (this.#demands > most || this.#others > most * PATIENCE.poll);
    this.#busySince = isBusy ? (this.#busySince ?? this.#turnBeganAt) : undefined;
    this.#isInTurn = false;
    this.#demands = 0;
    this.#others = 0;
  };
}
