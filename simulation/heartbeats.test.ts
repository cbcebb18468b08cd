import { describe, expect, test } from "vitest";
import { Heartbeats } from "./heartbeats.ts";

/** Attempt, details, when it was sent and when its sender heard that it was taken. */
type Row = readonly [attempt: number, details: number, sentAt: number, ackedAt?: number];

const TABLE: readonly { name: string; rows: readonly Row[]; told: number; isAllowed: boolean }[] = [
  { name: "none, when none was sent", rows: [], told: 0, isAllowed: true },
  { name: "none, when none was acknowledged", rows: [[1, 5, 10]], told: 0, isAllowed: true },
  { name: "one that was not acknowledged", rows: [[1, 5, 10]], told: 5, isAllowed: true },
  { name: "one that nobody sent", rows: [[1, 5, 10, 11]], told: 6, isAllowed: false },
  { name: "none, though one was acknowledged", rows: [[1, 5, 10, 11]], told: 0, isAllowed: false },
  {
    name: "one that another replaced",
    rows: [
      [1, 5, 10, 11],
      [1, 6, 12, 13],
    ],
    told: 5,
    isAllowed: false,
  },
  {
    name: "either of two that two workers sent at once",
    rows: [
      [1, 6, 10, 13],
      [1, 5, 12, 14],
    ],
    told: 6,
    isAllowed: true,
  },
  {
    name: "the smaller one, when the second worker is behind",
    rows: [
      [1, 6, 10, 11],
      [1, 5, 12, 13],
    ],
    told: 5,
    isAllowed: true,
  },
  {
    name: "one of an attempt before, though a later attempt was heard",
    rows: [
      [1, 5, 10],
      [2, 6, 20, 21],
    ],
    told: 5,
    isAllowed: false,
  },
];

describe("an attempt that is told of", () => {
  test.each(TABLE)("$name: allowed $isAllowed", ({ rows, told, isAllowed }) => {
    const heartbeats = new Heartbeats();
    for (const [attempt, details, sentAt, ackedAt] of rows) {
      const beat = heartbeats.send({ attempt, details, sentAt });
      if (ackedAt !== undefined) beat.ackedAt = ackedAt;
    }
    expect(heartbeats.mayTell(3, told)).toBe(isAllowed);
  });
});
