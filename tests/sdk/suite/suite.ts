/** The suite: every area, against one server. */
import { afterAll, beforeAll, vi } from "vitest";
import { activities } from "./activity-area.ts";
import { defineArea } from "./define.ts";
import { Stage } from "./stage.ts";
import type { Target } from "./target.ts";
import { time } from "./time-area.ts";

const AREAS = { time, activities };

export function runSuite(target: Target): void {
  vi.setConfig({ maxConcurrency: 24 });
  let stage: Stage | undefined;
  beforeAll(async () => {
    stage = await Stage.open(target);
  });
  afterAll(async () => {
    await stage?.close();
  });
  const context = { target: target.name, stage: () => stage as Stage };
  for (const [name, area] of Object.entries(AREAS)) defineArea(name, area, context);
}
