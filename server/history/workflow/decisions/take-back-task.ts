/** Starts whose worker had gone before it could hear of them. */
import { LaneUnavailableError } from "../../kernel/index.ts";
import { StoreUnavailableError } from "../../../store/errors.ts";
import type { HistoryEnv } from "../../env.ts";
import type { ActivityPart, TaskToken } from "../../gen/messages.js";
import { decideRunByKey } from "../decide-run.ts";
import { isActivityWaiting, takeBackActivity } from "../machines/activity.ts";
import { takeBackWorkflowTask } from "../machines/workflow-task.ts";
import { partKey } from "../parts.ts";
import type { Run } from "../run.ts";
import { decodeTaskToken, TOKEN_KIND } from "../task-token.ts";
import { currentTask } from "./current-task.ts";

const RETRY_MS = 200;
/** A start that cannot be taken back for so long is left to its time-out. */
const TRIES_MAX = 50;

/**
 * Nobody will get the answer with this token: its task waits again, and the next poll has it. Also the durable start of an
 * activity's only attempt: no worker ever heard of it, and it is offered again only when the taking back is durable.
 */
export async function takeBackTask(env: HistoryEnv, taskToken: Uint8Array | undefined, tries = 1): Promise<void> {
  if (taskToken === undefined) return;
  const token = decodeTaskToken(taskToken);
  try {
    await decideRunByKey(env, token, (run) => takeBack(run, token));
  } catch (error) {
    const isPassing = error instanceof LaneUnavailableError || error instanceof StoreUnavailableError;
    if (isPassing && tries < TRIES_MAX) env.timers.set(RETRY_MS, () => void takeBackTask(env, taskToken, tries + 1));
    else env.log.error("a start cannot be taken back", { error: (error as Error).stack });
  }
}

function takeBack(run: Run | undefined, token: TaskToken): void {
  if (token.kind === TOKEN_KIND.workflow) {
    const current = currentTask(run, token);
    if (current !== undefined) takeBackWorkflowTask(current.run);
  } else if (run !== undefined && run.runId === token.runId && run.isRunning) {
    const activity = run.view.part<ActivityPart>(partKey.activity(token.scheduledEventId));
    const isCurrent =
      activity !== undefined &&
      !isActivityWaiting(activity) &&
      activity.attempt === token.attempt &&
      activity.stamp === token.stamp &&
      activity.startedAt === token.startedAt;
    if (isCurrent) takeBackActivity(run, activity);
  }
}
