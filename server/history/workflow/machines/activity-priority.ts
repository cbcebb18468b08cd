import { Priority } from "../../../../api/gen/messages.js";
import type { ActivityPart } from "../../gen/messages.js";
import type { Run } from "../run.ts";

/** The activity's own priority, completed field by field by its run's; undefined when neither says anything. */
export function effectivePriority(run: Run, activity: ActivityPart): Priority | undefined {
  const { rawPriority } = run.state;
  if (rawPriority.length === 0 && activity.rawPriority.length === 0) return undefined;
  const own = Priority.decode(activity.rawPriority);
  const inherited = Priority.decode(rawPriority);
  return {
    priorityKey: own.priorityKey || inherited.priorityKey,
    fairnessKey: own.fairnessKey || inherited.fairnessKey,
    fairnessWeight: own.fairnessWeight || inherited.fairnessWeight,
  };
}

/** Where the activity's tasks stand in their queue: 1 is first. */
export function activityPriorityKey(run: Run, activity: ActivityPart): number {
  return (activity.rawPriority.length === 0 ? 0 : Priority.decode(activity.rawPriority).priorityKey) || run.priorityKey;
}
