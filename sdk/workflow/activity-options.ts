import type {
  ActivityOptions as CommonActivityOptions,
  LocalActivityOptions as CommonLocalActivityOptions,
} from "../common/index.ts";
import type { EventGroupMarker } from "./event-groups.ts";

/** How an activity is run; either `startToCloseTimeout` or `scheduleToCloseTimeout` is needed. */
export type ActivityOptions = CommonActivityOptions & {
  /** @experimental */
  eventGroups?: EventGroupMarker[];
};

/** How an activity is run within the worker that runs the workflow. */
export type LocalActivityOptions = CommonLocalActivityOptions & {
  /** @experimental */
  eventGroups?: EventGroupMarker[];
};
