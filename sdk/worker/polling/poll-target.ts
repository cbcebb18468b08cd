/** How many polls are to be open: a fixed number, or one that follows what the server says. */

export type PollerBehavior = PollerBehaviorSimpleMaximum | PollerBehaviorAutoscaling;

/** As many polls as there are slots, up to a maximum. */
export interface PollerBehaviorSimpleMaximum {
  type: "simple-maximum";
  /** min(10, number of slots) unless given. */
  maximum?: number;
}

/** The number follows the server's advice. */
export interface PollerBehaviorAutoscaling {
  type: "autoscaling";
  /** 1 unless given. */
  minimum?: number;
  /** 100 unless given. */
  maximum?: number;
  /** 5 unless given. */
  initial?: number;
}

/** How many polls are to be open, from what the server and its answers say. */
export class PollTarget {
  onChange: () => void = () => {};
  readonly #minimum: number;
  readonly #maximum: number;
  readonly #isScaling: boolean;
  #count: number;
  #hasAdvice = false;

  /** Throws RangeError when the bounds contradict each other. */
  constructor(behavior: Required<PollerBehavior>) {
    this.#isScaling = behavior.type === "autoscaling";
    const { minimum, initial } =
      behavior.type === "autoscaling" ? behavior : { minimum: behavior.maximum, initial: behavior.maximum };
    if (!(minimum >= 1 && minimum <= initial && initial <= behavior.maximum))
      throw new RangeError(
        `poller behavior: 1 <= minimum (${minimum}) <= initial (${initial}) <= maximum (${behavior.maximum}) must hold`,
      );
    this.#minimum = minimum;
    this.#maximum = behavior.maximum;
    this.#count = initial;
  }

  /** Whether the number follows the server's advice. */
  get isScaling(): boolean {
    return this.#isScaling;
  }

  get count(): number {
    return this.#count;
  }

  /** A poll ended: `delta` is the server's advice. Fewer polls of its own accord only where the server gives advice at all. */
  polled(hasTask: boolean, delta: number | undefined): void {
    if (!this.#isScaling) return;
    if (delta !== undefined) this.#hasAdvice = true;
    if (delta !== undefined && delta !== 0) this.#set(this.#count + delta);
    else if (!hasTask && this.#hasAdvice) this.#set(this.#count - 1);
  }

  /** A server in trouble gets fewer polls. */
  failed(): void {
    if (this.#isScaling) this.#set(Math.floor(this.#count / 2));
  }

  #set(count: number): void {
    const bounded = Math.min(this.#maximum, Math.max(this.#minimum, count));
    if (bounded === this.#count) return;
    this.#count = bounded;
    this.onChange();
  }
}
