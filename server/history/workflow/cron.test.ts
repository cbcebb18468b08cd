import { expect, test } from "vitest";
import { cronBackoffMs, cronFault } from "./cron.ts";

const at = (text: string): number => Date.parse(text);
const next = (schedule: string, after: string): string | undefined => {
  const closeMs = at(after);
  const backoffMs = cronBackoffMs(schedule, { startMs: closeMs, closeMs });
  return backoffMs === undefined ? undefined : new Date(closeMs + backoffMs).toISOString().replace(".000Z", "Z");
};

test.each([
  // schedule                                after                   next
  ["* * * * *", "2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z"],
  ["* * * * *", "2026-01-01T00:00:59Z", "2026-01-01T00:01:00Z"],
  ["*/15 * * * *", "2026-01-01T00:16:00Z", "2026-01-01T00:30:00Z"],
  ["5/20 * * * *", "2026-01-01T00:30:00Z", "2026-01-01T00:45:00Z"],
  ["0 12 * * *", "2026-01-01T12:00:00Z", "2026-01-02T12:00:00Z"],
  ["0 9-17/4 * * *", "2026-01-01T14:00:00Z", "2026-01-01T17:00:00Z"],
  ["0 0 31 * *", "2026-01-31T00:00:00Z", "2026-03-31T00:00:00Z"],
  ["0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z"],
  ["0 0 30 2 *", "2026-01-01T00:00:00Z", undefined],
  ["0 0 * * MON", "2026-01-01T00:00:00Z", "2026-01-05T00:00:00Z"],
  ["0 0 1 * mon", "2026-01-02T00:00:00Z", "2026-01-05T00:00:00Z"],
  ["0 0 1 * mon", "2026-01-26T00:00:00Z", "2026-02-01T00:00:00Z"],
  ["0 0 13 * ?", "2026-01-01T00:00:00Z", "2026-01-13T00:00:00Z"],
  ["0 0 1 JUN,dec *", "2026-06-02T00:00:00Z", "2026-12-01T00:00:00Z"],
  ["@hourly", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z"],
  ["@daily", "2026-01-01T00:00:01Z", "2026-01-02T00:00:00Z"],
  ["@weekly", "2026-01-01T00:00:00Z", "2026-01-04T00:00:00Z"],
  ["@monthly", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"],
  ["@yearly", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"],
  ["@every 90s", "2026-01-01T00:00:00Z", "2026-01-01T00:01:30Z"],
  ["@every 1h30m", "2026-01-01T00:00:00Z", "2026-01-01T01:30:00Z"],
  ["@every 1ms", "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z"],
  ["CRON_TZ=Europe/Vienna 0 12 * * *", "2026-01-01T00:00:00Z", "2026-01-01T11:00:00Z"],
  ["TZ=Europe/Vienna 0 12 * * *", "2026-07-01T00:00:00Z", "2026-07-01T10:00:00Z"],
  ["CRON_TZ=Asia/Kolkata 0 0 * * *", "2026-01-01T00:00:00Z", "2026-01-01T18:30:00Z"],
  // The clock goes from 2 to 3 in the morning: half past two is skipped.
  ["CRON_TZ=Europe/Vienna 30 2 * * *", "2026-03-28T02:00:00Z", "2026-03-30T00:30:00Z"],
  // It goes back from 3 to 2: half past two comes twice.
  ["CRON_TZ=Europe/Vienna 30 2 * * *", "2026-10-24T02:00:00Z", "2026-10-25T00:30:00Z"],
  ["CRON_TZ=Europe/Vienna 30 2 * * *", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"],
])("after %s … %s comes %s", (schedule, after, expected) => {
  expect(next(schedule, after)).toBe(expected);
});

test("beats of @every count from the start of the run, not from its end", () => {
  const startMs = at("2026-01-01T00:00:00Z");
  expect(cronBackoffMs("@every 10s", { startMs, closeMs: startMs + 12_000 })).toBe(8_000);
  expect(cronBackoffMs("@every 10s", { startMs, closeMs: startMs + 20_000 })).toBe(10_000);
});

test("runs of @every come at beats of the run before, wherever a second begins; a long one misses some", () => {
  let startMs = at("2026-01-01T00:00:10.044Z");
  const gaps: number[] = [];
  for (const runMs of [1, 3_086, 8_950, 10, 5_000, 12_000]) {
    const closeMs = startMs + runMs;
    const nextMs = closeMs + (cronBackoffMs("@every 10s", { startMs, closeMs }) as number);
    gaps.push(Math.round((nextMs - startMs) / 1000));
    startMs = nextMs;
  }
  expect(gaps).toEqual([10, 10, 10, 10, 10, 20]);
});

test("a delay is rounded up to whole seconds, so that no run starts early", () => {
  const startMs = at("2026-01-01T00:00:00.400Z");
  expect(cronBackoffMs("* * * * *", { startMs, closeMs: startMs })).toBe(60_000);
});

test.each([
  "",
  " ",
  "every day",
  "* * * *",
  "* * * * * *",
  "60 * * * *",
  "* 24 * * *",
  "* * 0 * *",
  "* * 32 * *",
  "* * * 13 *",
  "* * * * 7",
  "5-1 * * * *",
  "*/0 * * * *",
  "1-2-3 * * * *",
  "1/2/3 * * * *",
  "x * * * *",
  "-1 * * * *",
  "1,, * * * *",
  "@sometimes",
  "@every",
  "@every 5",
  "@every -5s",
  "CRON_TZ=Nowhere/Nowhere * * * * *",
  "CRON_TZ=+01:00 * * * * *",
  "TZ= * * * * *",
  "TZ=UTC",
  `${"1,".repeat(600)}1 * * * *`,
])("%j is no schedule", (schedule) => {
  expect(cronFault(schedule)).toBeTypeOf("string");
});

test.each(["* * * * *", "@every 1s", "@midnight", "CRON_TZ=America/New_York 0 9 * * 1-5", "0  0 * * *"])(
  "%j is a schedule",
  (schedule) => {
    expect(cronFault(schedule)).toBeUndefined();
  },
);
