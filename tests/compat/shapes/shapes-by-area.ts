import type { Shape } from "../harness/world.ts";
import { activityShapes } from "./activities.ts";
import { activityControl } from "./activity-control.ts";
import { children } from "./children.ts";
import { limits } from "./limits.ts";
import { operations } from "./operations.ts";
import { queries } from "./queries.ts";
import { races } from "./races.ts";
import { runs } from "./runs.ts";
import { service } from "./service.ts";
import { signals } from "./signals.ts";
import { starts } from "./starts.ts";
import { taskQueues } from "./task-queues.ts";
import { timers } from "./timers.ts";
import { updates } from "./updates.ts";
import { visibility } from "./visibility.ts";
import { workers } from "./workers.ts";

export const shapesByArea: Record<string, Shape[]> = {
  starts,
  activities: activityShapes,
  "activity control": activityControl,
  timers,
  signals,
  queries,
  updates,
  children,
  "runs and their ends": runs,
  workers,
  "task queues": taskQueues,
  visibility,
  limits,
  races,
  operations,
  service,
};
