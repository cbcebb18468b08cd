/** A process in virtual time: calls queue while a turn handles those before them, and each costs what it costs. */
import { DynamicConfig } from "../../dynamic-config/index.ts";
import { Load } from "./load.ts";

/** Milliseconds of the process's time: some 10,000 accepted calls a second, ten times as many refused ones. */
const ACCEPTED_MS = 0.1;
const REFUSED_MS = 0.01;
/** What a turn costs beside its calls. */
const TURN_MS = 0.05;

export interface Outcome {
  readonly accepted: number;
  readonly refused: number;
  /** Of accepted calls. */
  readonly p99Ms: number;
  readonly queueMax: number;
}

export class LoadModel {
  #now = 0;
  #endTurn: (() => void) | undefined;
  readonly #load: Load;

  constructor() {
    const timers = {
      set: () => ({}),
      clear: () => undefined,
      immediate: (fn: () => void) => void (this.#endTurn = fn),
    };
    const config = new DynamicConfig();
    this.#load = new Load({
      config,
      clock: { now: () => this.#now },
      timers,
      backlog: { uncommitted: 0, uncommittedSince: undefined },
    });
  }

  /** Calls that arrive at a rate, whatever becomes of those before them; those of the first second are not told. */
  open({ perSecond, seconds }: { perSecond: number; seconds: number }): Outcome {
    const times: number[] = [];
    const began = this.#now;
    let [accepted, refused, queueMax, next] = [0, 0, 0, 0];
    const arrival = (index: number): number => began + (index * 1_000) / perSecond;
    while (this.#now < began + seconds * 1_000) {
      this.#now = Math.max(this.#now, arrival(next));
      const first = next;
      while (arrival(next) <= this.#now) next++;
      queueMax = Math.max(queueMax, next - first);
      const answered = this.#turn(next - first);
      for (let index = first; index < next; index++) {
        if (arrival(index) < began + 1_000) continue;
        if (answered[index - first] === true) {
          accepted++;
          times.push(this.#now - arrival(index));
        } else refused++;
      }
    }
    times.sort((a, b) => a - b);
    return { accepted, refused, p99Ms: times[Math.floor(times.length * 0.99)] ?? 0, queueMax };
  }

  /** Clients of which each sends its next call when the last is answered. */
  closed({ clients, turns }: { clients: number; turns: number }): number {
    let refused = 0;
    for (let turn = 0; turn < turns; turn++) refused += this.#turn(clients).filter((isIn) => !isIn).length;
    return refused;
  }

  #turn(calls: number): boolean[] {
    const answered: boolean[] = [];
    for (let call = 0; call < calls; call++) {
      const isIn = !this.#load.refuses("work");
      this.#now += isIn ? ACCEPTED_MS : REFUSED_MS;
      answered.push(isIn);
    }
    this.#now += TURN_MS;
    this.#endTurn?.();
    return answered;
  }
}
