// The official TypeScript SDK, unmodified, against one server: every shape at once, then what all of them together must have touched.

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { eventTypesOf, expectedEventTypes, expectedRpcs } from "./harness/coverage.ts";
import { openTarget } from "./harness/target.ts";
import type { Target } from "./harness/target.ts";
import { World } from "./harness/world.ts";
import { shapesByArea } from "./shapes/index.ts";

const SHAPES_AT_ONCE = 10;
const SHAPE_TIMEOUT_MS = 60_000;

vi.setConfig({ maxConcurrency: SHAPES_AT_ONCE, hookTimeout: 120_000, testTimeout: SHAPE_TIMEOUT_MS });

let target: Target;
let world: World;

beforeAll(async () => {
  target = await openTarget();
  world = await World.open(target);
});

afterAll(async () => {
  await world?.close();
  await target?.close();
});

describe.concurrent("shapes", () => {
  for (const [area, shapes] of Object.entries(shapesByArea)) {
    describe.concurrent(area, () => {
      for (const { name, run } of shapes) it(name, { timeout: SHAPE_TIMEOUT_MS }, () => run(world));
    });
  }
});

describe("all shapes together", () => {
  it("write every reachable event type", async () => {
    const seen = await eventTypesOf(world);
    expect(expectedEventTypes.filter((name) => !seen.has(name))).toEqual([]);
  });

  it("give the server no reason to complain", () => {
    expect(target.complaints).toEqual([]);
  });

  it("call every served RPC", () => {
    expect(expectedRpcs(target).filter((path) => !target.tap.calls.has(path))).toEqual([]);
  });
});
