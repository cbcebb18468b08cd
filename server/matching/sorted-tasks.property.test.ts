import { array, assert, constant, constantFrom, integer, nat, oneof, property, record } from "fast-check";
import { expect, test } from "vitest";

import { ROW_WIDTH, SortedTasks, compareRows } from "./sorted-tasks.ts";

/** Patterns of arrival, each as the number of rows it adds and the keys it gives them. */
type Pattern = "ascending" | "descending" | "random" | "two times";

const steps = array(
  oneof(
    record({
      kind: constant("insert" as const),
      pattern: constantFrom<Pattern>("ascending", "descending", "random", "two times"),
      count: integer({ min: 1, max: 700 }),
      seed: nat(1_000_000),
    }),
    record({ kind: constant("takeFirst" as const), count: integer({ min: 1, max: 500 }) }),
    record({ kind: constant("takeLast" as const), count: integer({ min: 1, max: 500 }) }),
  ),
  { maxLength: 20 },
);

let nextArrival = 1;

function rowFor(pattern: Pattern, seed: number, i: number): Float64Array {
  const arrival = nextArrival++;
  const random = Math.imul(seed + i, 0x9e3779b1) >>> 20;
  const key = {
    ascending: 10_000 + i,
    descending: 10_000 - i,
    random,
    "two times": 10_000 * (1 + (i % 2)),
  }[pattern];
  return Float64Array.of(key, arrival, i, arrival * 2 ** 20, 5, 1, 0);
}

test("rows come out sorted from both ends whatever the order they went in", () => {
  assert(
    property(steps, (all) => {
      const tasks = new SortedTasks();
      let model: Float64Array[] = [];
      const row = new Float64Array(ROW_WIDTH);
      for (const step of all) {
        if (step.kind === "insert") {
          for (let i = 0; i < step.count; i++) {
            const added = rowFor(step.pattern, step.seed, i);
            tasks.insert(added);
            model.push(added);
          }
          model.sort((a, b) => compareRows(a, 0, b));
        } else if (step.kind === "takeFirst") {
          for (let i = Math.min(step.count, model.length); i > 0; i--) {
            tasks.takeFirst(row);
            expect(row).toEqual(model.shift());
          }
        } else {
          const count = Math.min(step.count, model.length);
          const last = tasks.takeLast(count);
          const cut = model.length - count;
          expect(Array.from(last)).toEqual(model.slice(cut).flatMap((one) => Array.from(one)));
          model = model.slice(0, cut);
        }
        expect(tasks.count).toBe(model.length);
        expect(tasks.oldestAt()).toBe(Math.min(...model.map((one) => one[0] as number)));
      }
    }),
    { numRuns: 100 },
  );
});
