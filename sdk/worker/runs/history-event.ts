/**
 * One event of a history, opened no further than needed: its id, its type, and where its time and attributes lie. A
 * replay reads the attributes of perhaps half of its events, and of no event what it does not ask for.
 */
import type { Codec } from "../../../api/codec.ts";
import { HistoryEvent as FullEvent, Timestamp } from "../../../api/gen/messages.js";
import { at, refuse, skip, span, tag, uint32 } from "../../../api/wire-read.ts";

export class HistoryEvent {
  id = 0;
  type = 0;
  /** The server says that workers need not know what it is. */
  mayBeIgnored = false;
  readonly #bytes: Uint8Array;
  readonly #from: number;
  readonly #to: number;
  #attributesFrom = 0;
  #attributesTo = 0;
  #timeFrom = 0;
  #timeTo = 0;

  constructor(bytes: Uint8Array, from: number, to: number) {
    this.#bytes = bytes;
    this.#from = from;
    this.#to = to;
    this.#skim();
  }

  attributes<T>(codec: Codec<T>): T {
    return codec.decode(this.#bytes.subarray(this.#attributesFrom, this.#attributesTo));
  }

  /** Milliseconds since the epoch, with their fraction. */
  get timeMs(): number {
    const { seconds, nanos } = Timestamp.decode(this.#bytes.subarray(this.#timeFrom, this.#timeTo));
    return seconds * 1000 + nanos / 1e6;
  }

  get sizeBytes(): number {
    return this.#to - this.#from;
  }

  /** All of it, for messages to people. */
  whole(): FullEvent {
    return FullEvent.decode(this.#bytes.subarray(this.#from, this.#to));
  }

  #skim(): void {
    const bytes = this.#bytes;
    const end = this.#to;
    for (let p = this.#from; p < end;) {
      let key = bytes[p] as number;
      if (key < 128) p++;
      else {
        key = tag(bytes, p, end);
        p = at;
      }
      const field = key >>> 3;
      if ((key & 7) === 2) {
        const to = span(bytes, p, end);
        if (field === TIME) {
          this.#timeFrom = at;
          this.#timeTo = to;
        } else if (field >= ATTRIBUTES_FIRST && field <= ATTRIBUTES_LAST) {
          this.#attributesFrom = at;
          this.#attributesTo = to;
        }
        p = to;
      } else if (field === ID || field === TYPE || field === WORKER_MAY_IGNORE) {
        const value = uint32(bytes, p, end);
        p = at;
        if (field === ID) this.id = value;
        else if (field === TYPE) this.type = value;
        else this.mayBeIgnored = value !== 0;
      } else {
        p = skip(bytes, key, p, end);
      }
    }
  }
}

// Field numbers of temporal.api.history.v1.HistoryEvent.
const ID = 1;
const TIME = 2;
const TYPE = 3;
const ATTRIBUTES_FIRST = 6;
const ATTRIBUTES_LAST = 299;
const WORKER_MAY_IGNORE = 300;

/** The events of an encoded `History`. */
export function readHistory(history: Uint8Array | undefined, into: HistoryEvent[] = []): HistoryEvent[] {
  if (history === undefined) return into;
  const end = history.length;
  for (let p = 0; p < end;) {
    const key = tag(history, p, end);
    if (key !== EVENTS) refuse("history holds something else than events", p);
    const to = span(history, at, end);
    into.push(new HistoryEvent(history, at, to));
    p = to;
  }
  return into;
}

/** Field 1, length-delimited. */
const EVENTS = 10;
