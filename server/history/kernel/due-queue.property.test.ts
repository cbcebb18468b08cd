import fc from "fast-check";
import { expect, test } from "vitest";
import { DueQueue } from "./due-queue.ts";
import type { DueEntry } from "./due-queue.ts";

const entryAt = (at: number, id: number): DueEntry => ({ at, dueAt: at, slot: 0, id, recover: false, isQueued: false });

test("what is not cancelled comes out in order of time, whatever was cancelled before or after a pop", () => {
  const operation = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("push" as const), at: fc.nat(50) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("cancel" as const), at: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("pop" as const), at: fc.constant(0) }) },
  );
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
      const queue = new DueQueue();
      const all: DueEntry[] = [];
      const waiting = new Set<DueEntry>();
      for (const { kind, at } of operations) {
        if (kind === "push") {
          const entry = entryAt(at, all.length);
          all.push(entry);
          waiting.add(entry);
          queue.push(entry);
        } else if (kind === "cancel" && all.length > 0) {
          const entry = all[at % all.length] as DueEntry;
          queue.cancel(entry);
          waiting.delete(entry);
        } else if (kind === "pop") {
          const popped = queue.pop();
          expect(popped?.at).toBe(
            waiting.size === 0 ? undefined : Math.min(...Array.from(waiting, (entry) => entry.at)),
          );
          if (popped !== undefined) expect(waiting.delete(popped)).toBe(true);
        }
        expect(queue.size).toBe(waiting.size);
      }
      const rest = Array.from(waiting, (entry) => entry.at).sort((a, b) => a - b);
      expect(rest.map(() => queue.pop()?.at)).toEqual(rest);
      expect(queue.pop()).toBeUndefined();
    }),
  );
});

test("cancelled entries leave the heap when they are half of it, and the rest keeps its order", () => {
  const queue = new DueQueue();
  const entries = Array.from({ length: 10_000 }, (_, id) => entryAt((id * 7_919) % 10_000, id));
  for (const entry of entries) queue.push(entry);
  for (const entry of entries) if (entry.id % 10 !== 0) queue.cancel(entry);
  expect(queue.size).toBe(1_000);
  const expected = entries
    .filter((entry) => entry.id % 10 === 0)
    .map((entry) => entry.at)
    .sort((a, b) => a - b);
  expect(expected.map(() => queue.pop()?.at)).toEqual(expected);
});
