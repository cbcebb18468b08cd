/** Activities by way of the server's task queues. */
import { ActivityCancellationType, type PayloadTypeInfo } from "../common/index.ts";
import { activityEnd } from "./activity-end.ts";
import type { ActivityOptions } from "./activity-options.ts";
import { commandMetadata, pushCommand } from "./commands.ts";
import { activityContext, payloadsOf } from "./conversion.ts";
import { requireRun } from "./current-run.ts";
import { outbound } from "./interceptor-chain.ts";
import type { ActivityInput } from "./interceptors.ts";
import { priorityRecord, retryPolicyRecord, timeoutMs, versioningIntentNumber } from "./options-to-records.ts";
import type { RunState } from "./state.ts";

/** One call of an activity by its name; `proxyActivities` has the types. */
export function scheduleActivity<R>(
  activityType: string,
  args: any[],
  options: ActivityOptions,
  typeInfo?: PayloadTypeInfo,
): Promise<R> {
  const run = requireRun("scheduleActivity");
  if (options === undefined) throw new TypeError("An activity needs options with a time-out");
  const seq = run.nextSequence("activity");
  const input: ActivityInput = { activityType, args, options, headers: {}, seq, ...(typeInfo && { typeInfo }) };
  return outbound(run, "scheduleActivity", startActivity)(input) as Promise<R>;
}

function startActivity(input: ActivityInput): Promise<unknown> {
  const run = requireRun("scheduleActivity");
  const { activityType, options } = input;
  if (options.startToCloseTimeout === undefined && options.scheduleToCloseTimeout === undefined) {
    return Promise.reject(
      new TypeError(`Activity ${activityType} needs a startToCloseTimeout or a scheduleToCloseTimeout`),
    );
  }
  const { seq } = input;
  const activityId = options.activityId ?? String(seq);
  const context = activityContext(run, activityId, false);
  return activityEnd(run, {
    seq,
    context,
    outputType: input.typeInfo?.outputType,
    cancelKind: "requestCancelActivity",
    schedule: () => pushActivity(run, input, activityId, context),
  });
}

function pushActivity(
  run: RunState,
  { activityType, args, options, headers, seq, typeInfo }: ActivityInput,
  activityId: string,
  context: ReturnType<typeof activityContext>,
): void {
  pushCommand(run, {
    kind: "scheduleActivity",
    seq,
    activityId,
    activityType,
    taskQueue: options.taskQueue || run.initialize.taskQueue,
    headers,
    arguments: payloadsOf(run, args, context, typeInfo?.inputTypes),
    scheduleToCloseTimeoutMs: timeoutMs(options.scheduleToCloseTimeout),
    scheduleToStartTimeoutMs: timeoutMs(options.scheduleToStartTimeout),
    startToCloseTimeoutMs: timeoutMs(options.startToCloseTimeout),
    heartbeatTimeoutMs: timeoutMs(options.heartbeatTimeout),
    retryPolicy: retryPolicyRecord(options.retry),
    cancellationType: options.cancellationType ?? ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    doNotEagerlyExecute: !(options.allowEagerDispatch ?? true),
    versioningIntent: versioningIntentNumber(options.versioningIntent),
    priority: priorityRecord(options.priority),
    ...commandMetadata(run, options.summary, undefined, options.eventGroups),
  });
}
