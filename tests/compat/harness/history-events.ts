// Names and order of history events, as shapes compare them.

import { temporal } from "@temporalio/proto";
import { expect } from "vitest";

export type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

const nameByType = new Map<number, string>(
  Object.entries(temporal.api.enums.v1.EventType)
    .filter((entry): entry is [string, number] => typeof entry[1] === "number")
    .map(([name, type]) => [type, pascalCase(name.replace("EVENT_TYPE_", ""))]),
);

export const allEventNames: readonly string[] = [...nameByType].filter(([type]) => type !== 0).map(([, name]) => name);

export function eventName(event: HistoryEvent): string {
  return nameByType.get(event.eventType ?? 0) ?? `Unknown${event.eventType}`;
}

/** Names without what workflow tasks leave behind: the part of a history that does not depend on how fast a worker polls. */
export function milestones(events: readonly HistoryEvent[]): string[] {
  return events.map(eventName).filter((name) => !/^WorkflowTask(Scheduled|Started|Completed)$/.test(name));
}

/** Asserts that `expected` occurs in `events` in this order, other events allowed between. */
export function expectInOrder(events: readonly HistoryEvent[], expected: readonly string[]): void {
  const names = events.map(eventName);
  let at = 0;
  for (const name of names) if (name === expected[at]) at++;
  if (at < expected.length) expect(names, `${expected[at]} is missing, or out of order`).toEqual(expected);
}

export function countOf(events: readonly HistoryEvent[], name: string): number {
  return events.filter((event) => eventName(event) === name).length;
}

export function firstOf(events: readonly HistoryEvent[], name: string): HistoryEvent {
  const event = events.find((candidate) => eventName(candidate) === name);
  if (event === undefined) throw new Error(`no ${name} in ${events.map(eventName).join(", ")}`);
  return event;
}

/** Event ids run from 1 without gaps; a history that breaks this breaks every SDK. */
export function expectWellFormed(events: readonly HistoryEvent[]): void {
  expect(events.map((event) => Number(event.eventId))).toEqual(events.map((_event, index) => index + 1));
}

function pascalCase(screamingCase: string): string {
  return screamingCase
    .split("_")
    .map((word) => word[0] + word.slice(1).toLowerCase())
    .join("");
}
