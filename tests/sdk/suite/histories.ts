/** What tests ask of a history. */
import { EventType } from "../../../api/gen/enums.js";
import type { HistoryEvent } from "../../../api/gen/messages.js";

type EventName = keyof typeof EventType;

interface HasHistory {
  fetchHistory(): Promise<{ events: HistoryEvent[] }>;
}

export async function countEvents(handle: HasHistory, name: EventName): Promise<number> {
  return (await eventsOf(handle, name)).length;
}

export async function eventsOf(handle: HasHistory, name: EventName): Promise<HistoryEvent[]> {
  return (await handle.fetchHistory()).events.filter(({ eventType }) => eventType === EventType[name]);
}

export async function eventNames(handle: HasHistory): Promise<string[]> {
  const nameOf = new Map(Object.entries(EventType).map(([name, value]) => [value as number, name]));
  return (await handle.fetchHistory()).events.map(({ eventType }) =>
    (nameOf.get(eventType) ?? String(eventType)).replace("EVENT_TYPE_", ""),
  );
}

/** Resolves once the history has so many events of a type. */
export async function untilEvents(handle: HasHistory, name: EventName, count = 1): Promise<void> {
  while ((await countEvents(handle, name)) < count) await new Promise((resolve) => setTimeout(resolve, 40));
}

/** Asks until what is read is as it should be. */
export async function until<T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<void> {
  while (!holds(await read())) await new Promise((resolve) => setTimeout(resolve, 40));
}
