import { expect, test } from "vitest";
import { Arena } from "./arena.ts";

/** What was wanted once is there from the next time on. */
function grown(bytes: number): Arena {
  const arena = new Arena();
  expect(arena.take(bytes)).toBeUndefined();
  arena.empty();
  return arena;
}

test("pieces do not overlap until the arena is emptied", () => {
  const arena = grown(100);
  const [first, second] = [arena.take(60)?.fill(1), arena.take(40)?.fill(2)];
  expect([first?.length, second?.length]).toEqual([60, 40]);
  expect(first?.every((byte) => byte === 1)).toBe(true);
  arena.empty();
  expect(arena.take(60)?.[0]).toBe(1);
});

test("there is no more than there is", () => {
  const arena = grown(100);
  expect(arena.take(150)?.length).toBe(150);
  expect(arena.take(60)).toBeUndefined();
  expect(arena.take(50)?.length).toBe(50);
});

test("it grows to 4 MiB and no further", () => {
  const arena = grown(100_000_000);
  expect(arena.take(4 * 1024 * 1024)?.length).toBe(4 * 1024 * 1024);
  expect(arena.take(1)).toBeUndefined();
});
