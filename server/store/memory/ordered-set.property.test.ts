import * as fc from "fast-check";
import { expect, test } from "vitest";
import { OrderedSet } from "./ordered-set.ts";

test("an ordered set holds what a sorted array of distinct items holds", () => {
  const step = fc.tuple(fc.constantFrom("add", "add", "add", "delete"), fc.integer({ min: 0, max: 3000 }));
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 0, maxLength: 4000, size: "max" }),
      fc.integer({ min: 0, max: 3000 }),
      (steps, start) => {
        const set = new OrderedSet<number>((a, b) => a - b);
        const model = new Set<number>();
        for (const [verb, item] of steps) {
          if (verb === "add") {
            set.add(item);
            model.add(item);
          } else expect(set.delete(item)).toBe(model.delete(item));
        }
        const sorted = [...model].sort((a, b) => a - b);
        expect([...set.from(undefined)]).toEqual(sorted);
        expect([...set.from(start)]).toEqual(sorted.filter((item) => item >= start));
        expect(set.size).toBe(model.size);
        expect(set.last()).toBe(sorted.at(-1));
      },
    ),
    { numRuns: 60 },
  );
});
