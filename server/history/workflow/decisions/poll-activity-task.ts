import type { Input } from "../../../../api/codec.ts";
import type { PollActivityTaskQueueResponse } from "../../../../api/gen/messages.js";
import type { QueuedTask } from "../../../matching/matching.ts";
import type { HistoryEnv } from "../../env.ts";
import type { ActivityPart } from "../../gen/messages.js";
import { activityTaskResponse } from "../activity-task-response.ts";
import { decideRunByKey } from "../decide-run.ts";
import { isActivityWaiting, startActivity } from "../machines/activity.ts";
import { partKey } from "../parts.ts";

/** Starts the attempt that a poll was handed; undefined when it is obsolete and the poll should go on. */
export function startPolledActivityTask(
  env: HistoryEnv,
  poll: { task: QueuedTask; identity: string },
): Promise<Input<PollActivityTaskQueueResponse> | undefined> {
  const { task, identity } = poll;
  return decideRunByKey(env, task, (run) => {
    if (run === undefined || !run.isRunning || run.state.pause !== undefined) return undefined;
    const activity = run.view.part<ActivityPart>(partKey.activity(task.taskId));
    if (activity === undefined || !isActivityWaiting(activity) || activity.stamp !== task.stamp) return undefined;
    return activityTaskResponse(run, startActivity(run, activity, { identity, at: run.now }));
  });
}
