import { HistoryEvent } from "../../../api/gen/messages.js";
import type { Input } from "../../../api/codec.ts";
import { timestamp } from "../../../api/timestamp.ts";

/** An event as the machines give it: its type, its attributes under their own name, and what may decorate it. */
export type NewEvent = Input<Omit<HistoryEvent, "eventId" | "eventTime" | "version" | "taskId" | "$unknown">>;

/** Task ids are of no use to clients; some tools only want them positive and growing. */
const TASK_ID_BASE = 1_048_576;

export interface EncodedEvents {
  readonly blob: Uint8Array;
  readonly count: number;
}

export function encodeEvent(event: NewEvent, eventId: number, timeMs: number): Uint8Array {
  return HistoryEvent.encode({ ...event, eventId, eventTime: timestamp(timeMs), taskId: TASK_ID_BASE + eventId });
}

const EVENT_TAG = 0x0a;

/** Joins encoded events to an encoded `History`: field 1, length-delimited, repeated. */
export function joinEvents(events: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const event of events) size += 1 + varintSize(event.length) + event.length;
  const blob = Buffer.allocUnsafeSlow(size);
  let at = 0;
  for (const event of events) {
    blob[at++] = EVENT_TAG;
    let length = event.length;
    while (length > 0x7f) {
      blob[at++] = (length & 0x7f) | 0x80;
      length >>>= 7;
    }
    blob[at++] = length;
    blob.set(event, at);
    at += event.length;
  }
  return blob;
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) size++;
  return size;
}

/** Splits an encoded `History` into its encoded events, as views. */
export function splitEvents(blob: Uint8Array): Uint8Array[] {
  const events: Uint8Array[] = [];
  let at = 0;
  while (at < blob.length) {
    if (blob[at] !== EVENT_TAG) throw new RangeError(`history blob has tag ${blob[at]} at ${at}`);
    at++;
    let length = 0;
    let shift = 0;
    for (;;) {
      const byte = blob[at++];
      if (byte === undefined) throw new RangeError("history blob ends inside a length");
      length += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
      shift += 7;
    }
    if (at + length > blob.length) throw new RangeError("history blob ends inside an event");
    events.push(blob.subarray(at, at + length));
    at += length;
  }
  return events;
}
