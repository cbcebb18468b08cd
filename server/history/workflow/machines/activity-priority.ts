import { Priority } from "../../../../api/gen/messages.js";
import type { ActivityPart } from "../../gen/messages.js";
import type { TaskTurn } from "../priority.ts";
import { inheritPriority, turnOf } from "../priority.ts";
import type { Run } from "../run.ts";

/** The priority of the activity's tasks: its own, completed by its run's. */
export function taskPriority(run: Run, activity: ActivityPart): Priority | undefined {
  return inheritPriority(ownPriority(activity), run.state.rawPriority);
}

/** Where the activity's tasks stand in their queue. */
export function activityTurn(run: Run, activity: ActivityPart): TaskTurn {
  return turnOf(taskPriority(run, activity));
}

function ownPriority({ rawPriority }: ActivityPart): Priority | undefined {
  return rawPriority.length === 0 ? undefined : Priority.decode(rawPriority);
}
