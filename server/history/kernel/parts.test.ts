import { expect, test } from "vitest";
import { Parts } from "./parts.ts";

test("the weight is that of the parts that are there", () => {
  const parts = new Parts((key, part) => (key.startsWith("a:") ? (part as number) : 0));
  const steps: [act: () => void, weight: number][] = [
    [() => parts.set("a:1", 10), 10],
    [() => parts.set("a:2", 5), 15],
    [() => parts.set("a:1", 3), 8],
    [() => parts.set("b:1", 100), 8],
    [() => parts.delete("a:3"), 8],
    [() => parts.delete("a:1"), 5],
    [() => parts.delete("a:1"), 5],
    [() => parts.delete("b:1"), 5],
    [() => parts.delete("a:2"), 0],
  ];
  for (const [act, weight] of steps) {
    act();
    expect(parts.weight).toBe(weight);
  }
});
