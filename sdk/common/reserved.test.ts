import { expect, test } from "vitest";
import { throwIfReservedName } from "./reserved.ts";

test.each(["__temporal_x", "__stack_trace", "__enhanced_stack_trace"])("the name %s belongs to the SDK", (name) => {
  expect(() => throwIfReservedName("query", name)).toThrow(`Cannot use query name: '${name}'`);
});

test.each(["stack_trace", "temporal_x", ""])("the name %j is free", (name) => {
  expect(() => throwIfReservedName("signal", name)).not.toThrow();
});
