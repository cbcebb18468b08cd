/** Pause, unpause, reset and options of pending activities: by id, by type, or all of a run. */
import type { Input } from "../../../../api/codec.ts";
import { durationMs } from "../../../../api/duration.ts";
import { invalidArgument, notFound } from "../../../../api/errors.ts";
import type {
  ActivityOptions,
  PauseActivityRequest,
  ResetActivityRequest,
  UnpauseActivityRequest,
  UpdateActivityOptionsRequest,
  UpdateActivityOptionsResponse,
} from "../../../../api/gen/messages.js";
import type { HistoryEnv, Namespace } from "../../env.ts";
import type { ActivityPart } from "../../gen/messages.js";
import { assertRunning, decideRun } from "../decide-run.ts";
import type { RunName } from "../decide-run.ts";
import { changeOptions } from "../machines/activity.ts";
import { pauseActivity, resetActivity, unpauseActivity } from "../machines/activity-operations.ts";
import { optionsOf, withOptions, withOriginalOptions } from "../machines/activity-options.ts";
import { showPausedActivities } from "../machines/paused-activities.ts";
import { partKey, partPrefix } from "../parts.ts";
import type { Run } from "../run.ts";

/** Which of a run's activities are meant. */
export type ActivityTarget =
  | { readonly kind: "id"; readonly id: string }
  | { readonly kind: "type"; readonly type: string }
  | { readonly kind: "all" };

interface Operation {
  readonly name: RunName;
  readonly target: ActivityTarget;
}

export function pauseActivities(
  env: HistoryEnv,
  namespace: Namespace,
  { request, ...operation }: Operation & { request: PauseActivityRequest },
): Promise<object> {
  return operate(env, namespace, operation, (run, activity) => {
    // Of several, those that are paused already stay as they are.
    if (operation.target.kind === "id" || activity.pause === undefined) pauseActivity(run, activity, request);
  }).then(() => ({}));
}

export function unpauseActivities(
  env: HistoryEnv,
  namespace: Namespace,
  { request, ...operation }: Operation & { request: UnpauseActivityRequest },
): Promise<object> {
  const { resetAttempts, resetHeartbeat, jitter } = request;
  const renewal = { resetAttempts, resetHeartbeat, jitterMs: durationMs(jitter) };
  return operate(env, namespace, operation, (run, activity) => unpauseActivity(run, activity, renewal)).then(
    () => ({}),
  );
}

export function resetActivities(
  env: HistoryEnv,
  namespace: Namespace,
  { request, ...operation }: Operation & { request: ResetActivityRequest },
): Promise<object> {
  const { resetHeartbeat, keepPaused, restoreOriginalOptions: restoreOptions, jitter } = request;
  const reset = { resetAttempts: true, resetHeartbeat, keepPaused, restoreOptions, jitterMs: durationMs(jitter) };
  return operate(env, namespace, operation, (run, activity) => resetActivity(run, activity, reset)).then(() => ({}));
}

/** Answers the options of the last of them. */
export async function updateActivityOptions(
  env: HistoryEnv,
  namespace: Namespace,
  { request, ...operation }: Operation & { request: UpdateActivityOptionsRequest },
): Promise<Input<UpdateActivityOptionsResponse>> {
  const { activityOptions, updateMask, restoreOriginal } = request;
  if (restoreOriginal && updateMask !== undefined)
    throw invalidArgument("Both UpdateMask and RestoreOriginal are provided");
  if (!restoreOriginal && updateMask === undefined) throw invalidArgument("UpdateMask is not provided");
  if (!restoreOriginal && activityOptions === undefined) throw invalidArgument("ActivityOptions are not provided");
  const given = activityOptions as ActivityOptions;
  const paths = updateMask?.paths ?? [];
  const options = await operate(env, namespace, operation, (run, activity) => {
    const { runTimeoutMs } = run.state;
    const changed = restoreOriginal
      ? withOriginalOptions(activity)
      : withOptions(activity, { given, paths, runTimeoutMs });
    return optionsOf(changeOptions(run, changed));
  });
  // Options that are restored are told as the command gave them: their queue has no kind.
  return { activityOptions: restoreOriginal ? { ...options, taskQueue: { name: options.taskQueue?.name } } : options };
}

/** Does it to each activity that is meant; answers what came of the last one. */
function operate<T>(
  env: HistoryEnv,
  namespace: Namespace,
  { name, target }: Operation,
  act: (run: Run, activity: ActivityPart) => T,
): Promise<T> {
  return decideRun(env, namespace, name, (run) => {
    assertRunning(run);
    let last: T | undefined;
    for (const { scheduledEventId } of targetsOf(run, target))
      last = act(run, run.view.part<ActivityPart>(partKey.activity(scheduledEventId)) as ActivityPart);
    showPausedActivities(run);
    return last as T;
  });
}

function targetsOf(run: Run, target: ActivityTarget): readonly ActivityPart[] {
  const meant: ActivityPart[] = [];
  for (const [, activity] of run.view.partsOf<ActivityPart>(partPrefix.activity)) {
    if (target.kind === "id" && activity.activityId !== target.id) continue;
    if (target.kind === "type" && activity.activityType !== target.type) continue;
    meant.push(activity);
  }
  if (meant.length === 0)
    throw notFound("Can't find pending activity with such ID. Invalid activityID or activity already completed");
  return meant.sort((a, b) => a.scheduledEventId - b.scheduledEventId);
}
