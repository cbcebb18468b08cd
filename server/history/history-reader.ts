import type { Store, EntityKey } from "../store/store.ts";
import type { Entity } from "./kernel/index.ts";
import type { TailNode } from "./kernel/history-tail.ts";
import { splitEvents } from "./workflow/event-log.ts";

const READ_BYTES_MAX = 4 * 1024 * 1024;

/** What a decision saw of a run's history: enough to read it later, whatever has happened to the run since. */
export interface HistorySnapshot {
  readonly key: EntityKey;
  /** Id after the last written event. */
  readonly nextEventId: number;
  /** First event id that `tail` holds. */
  readonly tailFrom: number;
  readonly tail: readonly TailNode[];
}

export function snapshotHistory(entity: Entity, nextEventId: number, from = 1): HistorySnapshot {
  const tailFrom = Math.max(entity.tail.from, Math.min(from, nextEventId));
  return {
    key: { slot: entity.identity.slot, id: entity.identity.id },
    nextEventId,
    tailFrom,
    tail: entity.tail.since(tailFrom),
  };
}

export interface ReadEvents {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  readonly eventsMax: number;
  /** The page ends after the event that reaches this; it has at least one event. */
  readonly bytesMax: number;
}

export interface EventPage {
  /** Encoded events, views of the stored blobs: nothing is decoded. */
  readonly events: readonly Uint8Array[];
  /** Id of the first event that did not fit; `to` when all did. */
  readonly next: number;
}

/** Encoded events that were written together; `node` is the first one's id. */
export interface Transition {
  readonly node: number;
  readonly events: readonly Uint8Array[];
}

/** All of a history, transition by transition. */
export async function readTransitions(store: Store, snapshot: HistorySnapshot): Promise<readonly Transition[]> {
  const { key, tailFrom, tail } = snapshot;
  const transitions: Transition[] = [];
  for (let at = 1; at < tailFrom;) {
    const nodes = await store.readHistory({ ...key, fromNode: at, toNode: tailFrom, bytesMax: READ_BYTES_MAX });
    if (nodes.length === 0) throw new Error(`history of slot ${key.slot} id ${key.id} lacks event ${at}`);
    for (const { node, blob } of nodes) {
      // The store may have as one node what is several in memory, and the last of it be in the tail, too.
      const events = splitEvents(blob).slice(0, tailFrom - node);
      if (node < at) continue;
      transitions.push({ node, events });
      at = node + events.length;
    }
  }
  return [...transitions, ...tail.map(({ node, blob }) => ({ node, events: splitEvents(blob) }))];
}

/** Reads events from the store and, past `tailFrom`, from memory. */
export async function readEvents(store: Store, snapshot: HistorySnapshot, read: ReadEvents): Promise<EventPage> {
  const events: Uint8Array[] = [];
  let at = read.from;
  let bytes = 0;
  const take = (node: number, blob: Uint8Array): boolean => {
    let id = node;
    for (const event of splitEvents(blob)) {
      if (id >= at && id < read.to) {
        if (events.length >= read.eventsMax || (bytes > 0 && bytes + event.length > read.bytesMax)) return false;
        events.push(event);
        bytes += event.length;
        at = id + 1;
      }
      id++;
    }
    return true;
  };
  while (at < read.to && at < snapshot.tailFrom) {
    const nodes = await store.readHistory({
      ...snapshot.key,
      fromNode: at,
      toNode: Math.min(read.to, snapshot.tailFrom),
      bytesMax: read.bytesMax,
    });
    if (nodes.length === 0)
      throw new Error(`history of slot ${snapshot.key.slot} id ${snapshot.key.id} lacks event ${at}`);
    for (const { node, blob } of nodes) if (!take(node, blob)) return { events, next: at };
  }
  for (const { node, blob } of snapshot.tail) if (!take(node, blob)) return { events, next: at };
  return { events, next: read.to };
}
