/** What workers and clients say about an activity that runs: by the token of its task, or by its id. */
import { invalidArgument, notFound } from "../../../../api/errors.ts";
import { Failure } from "../../../../api/gen/messages.js";
import type { WorkerVersionStamp } from "../../../../api/gen/messages.js";
import type { HistoryEnv, Namespace } from "../../env.ts";
import type { Limits } from "../../limits.ts";
import type { ActivityPart, TaskToken } from "../../gen/messages.js";
import { own } from "../create-run.ts";
import { assertRunning, decideRun, decideRunByKey } from "../decide-run.ts";
import {
  closeActivity,
  failActivity,
  heartbeatActivity,
  isActivityWaiting,
  startActivity,
} from "../machines/activity.ts";
import { oversizeFailure, tooLargeFailure } from "../machines/activity-failure.ts";
import { ensureWorkflowTask } from "../machines/workflow-task.ts";
import { partPrefix, partKey } from "../parts.ts";
import type { Run } from "../run.ts";

const NOT_FOUND_TEXT = "invalid activityID or activity already timed out or invoking workflow is completed";

/** Which activity is meant. */
export type ActivityName =
  | { readonly kind: "token"; readonly token: TaskToken }
  | {
      readonly kind: "id";
      readonly namespace: Namespace;
      readonly workflowId: string;
      readonly runId: string;
      readonly activityId: string;
    };

export interface ActivityAnswer {
  readonly activity: ActivityName;
  readonly identity: string;
  readonly workerVersion?: WorkerVersionStamp | undefined;
}

export function completeActivityTask(
  env: HistoryEnv,
  answer: ActivityAnswer & { result: Uint8Array | undefined },
): Promise<void> {
  const { result, identity, workerVersion } = answer;
  if (isTooLarge(env, answer, result))
    return failTask(env, { ...answer, failure: tooLargeFailure("Complete result exceeds size limit.") });
  return decideActivity(env, { ...answer, startsWaiting: true }, (run, activity) => {
    closeActivity(run, activity, { kind: "completed", result, identity, workerVersion });
    ensureWorkflowTask(run);
  });
}

/** Answers the failures that stand in the place of what was too large. */
export async function failActivityTask(
  env: HistoryEnv,
  answer: ActivityAnswer & { failure: Uint8Array | undefined; lastHeartbeatDetails: Uint8Array | undefined },
): Promise<Uint8Array[]> {
  const { failure, lastHeartbeatDetails } = answer;
  const given = failure === undefined ? undefined : Failure.decode(failure);
  if (given !== undefined && given.applicationFailureInfo === undefined)
    throw invalidArgument("Failure must have ApplicationFailureInfo.");
  const replacements: Uint8Array[] = [];
  let told = failure;
  if (failure !== undefined && isTooLarge(env, answer, failure)) {
    told = oversizeFailure(failure, limitsOf(env, answer).blobBytesWarn);
    replacements.push(told);
  }
  let details = lastHeartbeatDetails;
  if (isTooLarge(env, answer, lastHeartbeatDetails)) {
    details = undefined;
    replacements.push(tooLargeFailure("Heartbeat details exceed size limit."));
  }
  await failTask(env, { ...answer, failure: told, lastHeartbeatDetails: details });
  return replacements;
}

function failTask(
  env: HistoryEnv,
  answer: ActivityAnswer & { failure: Uint8Array | undefined; lastHeartbeatDetails?: Uint8Array | undefined },
): Promise<void> {
  const { identity, workerVersion, failure, lastHeartbeatDetails } = answer;
  return decideActivity(env, answer, (run, activity) => {
    const current =
      lastHeartbeatDetails === undefined
        ? activity
        : { ...activity, rawHeartbeatDetails: own(lastHeartbeatDetails), heartbeatAt: run.now };
    failActivity(run, current, { failure, identity, workerVersion });
  });
}

export function cancelActivityTask(
  env: HistoryEnv,
  answer: ActivityAnswer & { details: Uint8Array | undefined },
): Promise<void> {
  const { details, identity } = answer;
  if (isTooLarge(env, answer, details))
    return failTask(env, { ...answer, failure: tooLargeFailure("Cancel details exceed size limit.") });
  return decideActivity(env, answer, (run, activity) => {
    if (!activity.cancelRequested)
      throw invalidArgument("unable to mark activity as canceled without activity being request canceled first");
    closeActivity(run, activity, { kind: "canceled", details, identity });
    ensureWorkflowTask(run);
  });
}

export function heartbeatActivityTask(
  env: HistoryEnv,
  answer: ActivityAnswer & { details: Uint8Array | undefined },
): Promise<{ cancelRequested: boolean; activityPaused?: boolean; activityReset?: boolean }> {
  const { details } = answer;
  if (isTooLarge(env, answer, details)) {
    return failTask(env, { ...answer, failure: tooLargeFailure("Heartbeat details exceed size limit.") }).then(() => ({
      cancelRequested: true,
    }));
  }
  const action = answer.activity.kind === "token" ? "record_activity_heartbeat" : "record_activity_heartbeat_by_id";
  return decideActivity(env, answer, (run, activity) => {
    run.action(action);
    return heartbeatActivity(run, activity, details);
  });
}

function isTooLarge(env: HistoryEnv, answer: ActivityAnswer, blob: Uint8Array | undefined): boolean {
  return blob !== undefined && blob.length > limitsOf(env, answer).blobBytesMax;
}

function limitsOf(env: HistoryEnv, { activity }: ActivityAnswer): Limits {
  const namespace = activity.kind === "token" ? env.namespaces.byId(activity.token.namespaceId) : activity.namespace;
  return env.limitsOf(namespace?.name ?? "");
}

/** Decides on the started attempt that the answer is about; with `startsWaiting` one named by its id need not be started. */
function decideActivity<T>(
  env: HistoryEnv,
  answer: ActivityAnswer & { startsWaiting?: boolean },
  decide: (run: Run, activity: ActivityPart) => T,
): Promise<T> {
  const { activity: name, identity, startsWaiting = false } = answer;
  if (name.kind === "token") {
    return decideRunByKey(env, name.token, (run) => {
      if (run === undefined || run.runId !== name.token.runId) throw notFound(NOT_FOUND_TEXT);
      assertRunning(run);
      return decide(run, attemptOf(run, name.token, identity));
    });
  }
  return decideRun(env, name.namespace, name, (run) => {
    assertRunning(run);
    return decide(run, activityById(run, name.activityId, { startsWaiting, identity }));
  });
}

/**
 * The attempt of a token. One whose start was lost with the memory of the process is taken as started by the token; when
 * it was taken by another worker meanwhile, either may answer, and who answers first has it.
 */
function attemptOf(run: Run, token: TaskToken, identity: string): ActivityPart {
  const activity = run.view.part<ActivityPart>(partKey.activity(token.scheduledEventId));
  // A reset changes the number of the attempt that runs, which may end all the same.
  if (activity === undefined || activity.stamp !== token.stamp) throw notFound(NOT_FOUND_TEXT);
  if (isActivityWaiting(activity)) return startActivity(run, activity, { identity, at: token.startedAt });
  return activity;
}

function activityById(
  run: Run,
  activityId: string,
  { startsWaiting, identity }: { startsWaiting: boolean; identity: string },
): ActivityPart {
  for (const [, activity] of run.view.partsOf<ActivityPart>(partPrefix.activity)) {
    if (activity.activityId !== activityId) continue;
    if (!isActivityWaiting(activity)) return activity;
    if (startsWaiting) return { ...activity, startedAt: run.now, startedIdentity: identity };
    throw notFound(NOT_FOUND_TEXT);
  }
  throw notFound(
    `cannot find pending activity with ActivityID ${activityId}, check workflow execution history for more details`,
  );
}
