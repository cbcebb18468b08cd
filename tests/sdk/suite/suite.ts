/** The suite: every area, against one server. */
import { afterAll, beforeAll, vi } from "vitest";
import { activities } from "./activity-area.ts";
import { activityCancellation, activityTimeouts, asyncCompletion } from "./activity-end-area.ts";
import { children, external } from "./children-area.ts";
import { clients } from "./clients-area.ts";
import { converters } from "./converters-area.ts";
import { defineArea } from "./define.ts";
import type { Area } from "./define.ts";
import { failures, isolation, taskFailures } from "./failures-area.ts";
import { interceptors } from "./interceptors-area.ts";
import { localActivities } from "./local-activity-area.ts";
import { queries, signals } from "./messages-area.ts";
import { sinks } from "./observed-area.ts";
import { attributes, continueAsNew, info, patches, randomness } from "./runs-area.ts";
import { scopes } from "./scopes-area.ts";
import { Stage } from "./stage.ts";
import type { Target } from "./target.ts";
import { time } from "./time-area.ts";
import { updates } from "./updates-area.ts";
import { workers } from "./workers-area.ts";

const AREAS: Readonly<Record<string, Area>> = {
  time,
  activities,
  "activity time-outs": activityTimeouts,
  "activity cancellation": activityCancellation,
  "completion from elsewhere": asyncCompletion,
  "local activities": localActivities,
  children,
  "other workflows": external,
  signals,
  queries,
  updates,
  scopes,
  "continue-as-new": continueAsNew,
  patches,
  attributes,
  info,
  randomness,
  failures,
  "failures of tasks": taskFailures,
  isolation,
  interceptors,
  "sinks, logs and metrics": sinks,
  converters,
  workers,
  clients,
};

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
