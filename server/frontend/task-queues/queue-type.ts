import { TaskQueueType } from "../../../api/gen/enums.js";
import type { TaskQueueType as Type } from "../../matching/index.ts";

/** What matching calls a type of queue; undefined for those that there are not. */
export function queueType(type: TaskQueueType): Type | undefined {
  switch (type) {
    case TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW:
      return "workflow";
    case TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY:
      return "activity";
    case TaskQueueType.TASK_QUEUE_TYPE_NEXUS:
      return "nexus";
    case TaskQueueType.TASK_QUEUE_TYPE_UNSPECIFIED:
      return undefined;
    default:
      return undefined;
  }
}
