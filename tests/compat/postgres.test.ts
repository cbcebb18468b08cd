// A representative part of the shapes on PostgreSQL: those that lean on what differs between the stores. All of them:
// `PERDURE_COMPAT_STORE=postgres vitest run tests/compat/typescript.test.ts`.

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openTarget } from "./harness/target.ts";
import type { Target } from "./harness/target.ts";
import { World } from "./harness/world.ts";
import { shapesByArea } from "./shapes/index.ts";

const AREAS = ["visibility", "runs and their ends", "children", "signals", "starts"] as const;
const SHAPES_AT_ONCE = 10;
const SHAPE_TIMEOUT_MS = 60_000;

vi.setConfig({ maxConcurrency: SHAPES_AT_ONCE, hookTimeout: 120_000, testTimeout: SHAPE_TIMEOUT_MS });

let target: Target;
let world: World;

beforeAll(async () => {
  target = await openTarget("postgres");
  world = await World.open(target);
});

afterAll(async () => {
  await world?.close();
  await target?.close();
});

describe.concurrent("shapes on PostgreSQL", () => {
  for (const area of AREAS) {
    describe.concurrent(area, () => {
      for (const { name, run } of shapesByArea[area] ?? []) it(name, { timeout: SHAPE_TIMEOUT_MS }, () => run(world));
    });
  }
});

describe("all of them together", () => {
  it("are there", () => {
    expect(AREAS.filter((area) => shapesByArea[area] === undefined)).toEqual([]);
  });

  it("give the server no reason to complain", () => {
    expect(target.complaints).toEqual([]);
  });
});
