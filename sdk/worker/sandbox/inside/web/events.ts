/** Events and abort signals, without the parts that only a document has. */
import { DOMException } from "./dom-exception.ts";

export interface EventOptions {
  readonly cancelable?: boolean | undefined;
}

export class Event {
  readonly type: string;
  readonly cancelable: boolean;
  readonly timeStamp = 0;
  target: EventTarget | null = null;
  #isPrevented = false;
  #isStopped = false;

  constructor(type: string, options: EventOptions = {}) {
    this.type = String(type);
    this.cancelable = options.cancelable === true;
  }

  get currentTarget(): EventTarget | null {
    return this.target;
  }

  get defaultPrevented(): boolean {
    return this.#isPrevented;
  }

  preventDefault(): void {
    if (this.cancelable) this.#isPrevented = true;
  }

  stopPropagation(): void {}

  stopImmediatePropagation(): void {
    this.#isStopped = true;
  }

  static isStopped(event: Event): boolean {
    return event.#isStopped;
  }
}

type Listener = ((event: Event) => void) | { handleEvent(event: Event): void };

interface ListenerOptions {
  readonly once?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export class EventTarget {
  #listeners: { type: string; listener: Listener; isOnce: boolean }[] = [];

  addEventListener(type: string, listener: Listener | null, options?: ListenerOptions | boolean): void {
    const { once, signal } = typeof options === "object" ? options : {};
    const isKnown = this.#listeners.some((known) => known.type === type && known.listener === listener);
    if (listener === null || isKnown || signal?.aborted === true) return;
    this.#listeners.push({ type, listener, isOnce: once === true });
    signal?.addEventListener("abort", () => this.removeEventListener(type, listener), { once: true });
  }

  removeEventListener(type: string, listener: Listener | null): void {
    this.#listeners = this.#listeners.filter((known) => known.type !== type || known.listener !== listener);
  }

  dispatchEvent(event: Event): boolean {
    event.target = this;
    for (const known of this.#listeners.filter(({ type }) => type === event.type)) {
      if (known.isOnce) this.removeEventListener(known.type, known.listener);
      if (typeof known.listener === "function") known.listener.call(this, event);
      else known.listener.handleEvent(event);
      if (Event.isStopped(event)) break;
    }
    return !event.defaultPrevented;
  }
}

const hidden = Symbol("abort");

export class AbortSignal extends EventTarget {
  onabort: ((event: Event) => void) | null = null;
  #isAborted = false;
  #reason: unknown = undefined;

  constructor(key?: typeof hidden) {
    if (key !== hidden) throw new TypeError("Illegal constructor: use new AbortController().signal");
    super();
  }

  get aborted(): boolean {
    return this.#isAborted;
  }

  get reason(): unknown {
    return this.#reason;
  }

  throwIfAborted(): void {
    if (this.#isAborted) throw this.#reason;
  }

  static make(key: typeof hidden): AbortSignal {
    return new AbortSignal(key);
  }

  static abort(reason?: unknown): AbortSignal {
    const signal = new AbortSignal(hidden);
    AbortSignal.fire(hidden, signal, reason);
    return signal;
  }

  /** Of the run's own clock, through the global `setTimeout`. */
  static timeout(milliseconds: number): AbortSignal {
    const signal = new AbortSignal(hidden);
    const expire = () => AbortSignal.fire(hidden, signal, new DOMException("The operation timed out", "TimeoutError"));
    globalThis.setTimeout(expire, milliseconds);
    return signal;
  }

  static any(signals: Iterable<AbortSignal>): AbortSignal {
    const all = [...signals];
    const first = all.find((signal) => signal.aborted);
    if (first !== undefined) return AbortSignal.abort(first.reason);
    const joined = new AbortSignal(hidden);
    for (const signal of all) {
      signal.addEventListener("abort", () => AbortSignal.fire(hidden, joined, signal.reason), { once: true });
    }
    return joined;
  }

  static fire(key: typeof hidden, signal: AbortSignal, reason: unknown): void {
    if (key !== hidden || signal.#isAborted) return;
    signal.#isAborted = true;
    signal.#reason = reason ?? new DOMException("This operation was aborted", "AbortError");
    const event = new Event("abort");
    event.target = signal;
    signal.onabort?.(event);
    signal.dispatchEvent(event);
  }
}

export class AbortController {
  readonly signal: AbortSignal = AbortSignal.make(hidden);

  abort(reason?: unknown): void {
    AbortSignal.fire(hidden, this.signal, reason);
  }
}
