/** Groups of events, for whoever looks at a history. */
import { defaultPayloadConverter, type Payload } from "../common/index.ts";
import type { EventGroupMarkerRecord } from "./activation.ts";
import { AsyncLocalStorage, type AsyncStorage } from "./async-context.ts";
import { requireRun } from "./current-run.ts";
import { sha1Hex } from "./sha1.ts";

/**
 * Attaches commands, and the events that come of them, to a group.
 *
 * @experimental
 */
export interface EventGroupMarker {
  /** Attaches all commands of `fn`; scopes nest, the groups around stay attached. */
  withScope<T>(fn: () => Promise<T>): Promise<T>;
}

let scopes: AsyncStorage<readonly Marker[]> | undefined;

class Marker implements EventGroupMarker {
  readonly record: EventGroupMarkerRecord;
  readonly key: string;

  constructor(key: string, record: EventGroupMarkerRecord) {
    this.key = key;
    this.record = record;
  }

  withScope<T>(fn: () => Promise<T>): Promise<T> {
    requireRun("EventGroupMarker.withScope");
    return withMarker(this, fn);
  }
}

function withMarker<T>(marker: Marker, fn: () => T): T {
  scopes ??= new AsyncLocalStorage<readonly Marker[]>();
  return scopes.run([...(scopes.getStore() ?? []), marker], fn);
}

/**
 * Makes a group with a label to show. Groups with the same `id` are one; without an `id` it comes of the label.
 *
 * @experimental
 */
export function createEventGroup(label: string, options?: { id?: string }): EventGroupMarker {
  const id = options?.id ?? sha1Hex(label);
  const payload: Payload = defaultPayloadConverter.toPayload(label);
  return new Marker(`label:${id}`, { kind: "label", id, label: payload });
}

/** Attaches what a signal handler does to the signal's event. */
export function withInboundEvent<T>(eventId: number, fn: () => T): T {
  return withMarker(new Marker(`event:${eventId}`, { kind: "inboundEvent", eventId }), fn);
}

/** Attaches what an update handler does to the update. */
export function withInboundUpdate<T>(updateId: string, fn: () => T): T {
  return withMarker(new Marker(`update:${updateId}`, { kind: "inboundUpdate", updateId }), fn);
}

/** Markers given with a command and those of the scopes around, each once; undefined when there is none. */
export function markersOf(explicit: readonly EventGroupMarker[] | undefined): EventGroupMarkerRecord[] | undefined {
  const active = scopes?.getStore();
  if (active === undefined && explicit === undefined) return undefined;
  const records = new Map<string, EventGroupMarkerRecord>();
  for (const marker of [...(active ?? []), ...(explicit ?? [])]) {
    if (marker instanceof Marker) records.set(marker.key, marker.record);
  }
  return records.size === 0 ? undefined : [...records.values()];
}
