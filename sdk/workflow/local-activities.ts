/** Activities within the worker. Between attempts that are far apart the code waits for a timer. */
import { ActivityCancellationType, msNumberToTs, type PayloadTypeInfo, tsToMs } from "../common/index.ts";
import { activityEnd } from "./activity-end.ts";
import type { LocalImplementation } from "./activation.ts";
import type { LocalActivityOptions } from "./activity-options.ts";
import { commandMetadata, pushCommand } from "./commands.ts";
import { activityContext, payloadsOf } from "./conversion.ts";
import { requireRun } from "./current-run.ts";
import { LocalActivityDoBackoff } from "./errors.ts";
import { outbound } from "./interceptor-chain.ts";
import type { LocalActivityInput } from "./interceptors.ts";
import { retryPolicyRecord, timeoutMs } from "./options-to-records.ts";
import type { RunState } from "./state.ts";
import { sleep } from "./timers.ts";

/** One call of a local activity by its name; `proxyLocalActivities` has the types. */
export async function scheduleLocalActivity<R>(
  activityType: string,
  args: any[],
  options: LocalActivityOptions,
  typeInfo?: PayloadTypeInfo,
): Promise<R> {
  return callLocalActivity({ activityType, args, options, typeInfo });
}

export interface LocalActivityCall {
  readonly activityType: string;
  readonly args: unknown[];
  readonly options: LocalActivityOptions;
  readonly typeInfo?: PayloadTypeInfo | undefined;
  /** What is called instead of the worker's activity of this type. */
  readonly implementation?: LocalImplementation | undefined;
}

/** With the options of an attempt, for interceptors; `implementation` is ours. */
type Input = LocalActivityInput & Pick<LocalActivityCall, "implementation">;

export async function callLocalActivity<R>(call: LocalActivityCall): Promise<R> {
  const { activityType, args, options, typeInfo, implementation } = call;
  const run = requireRun("scheduleLocalActivity");
  if (options === undefined) throw new TypeError("A local activity needs options with a time-out");
  let attempt = 1;
  let originalScheduleTimeMs: number | undefined;
  for (;;) {
    const input: Input = {
      activityType,
      args,
      options,
      headers: {},
      seq: run.nextSequence("activity"),
      attempt,
      ...(originalScheduleTimeMs !== undefined && { originalScheduleTime: msNumberToTs(originalScheduleTimeMs) }),
      ...(typeInfo && { typeInfo }),
      ...(implementation !== undefined && { implementation }),
    };
    try {
      return (await outbound(run, "scheduleLocalActivity", startLocalActivity)(input)) as R;
    } catch (error) {
      if (!(error instanceof LocalActivityDoBackoff)) throw error;
      await sleep(error.backoff.backoffMs);
      attempt = error.backoff.attempt;
      originalScheduleTimeMs = error.backoff.originalScheduleTimeMs;
    }
  }
}

async function startLocalActivity(input: Input): Promise<unknown> {
  const run = requireRun("scheduleLocalActivity");
  const { activityType, options, seq, implementation } = input;
  if (options.startToCloseTimeout === undefined && options.scheduleToCloseTimeout === undefined) {
    throw new TypeError(`Local activity ${activityType} needs a startToCloseTimeout or a scheduleToCloseTimeout`);
  }
  const { registeredActivityNames: known } = run.options;
  if (implementation === undefined && known !== undefined && !known.has(activityType) && !known.has("default")) {
    throw new ReferenceError(
      `Local activity of type '${activityType}' not registered on worker: add it to the worker's option \`activities\``,
    );
  }
  const context = activityContext(run, String(seq), true);
  return activityEnd(run, {
    seq,
    context,
    outputType: input.typeInfo?.outputType,
    cancelKind: "requestCancelLocalActivity",
    schedule: () => pushLocalActivity(run, input, context),
  });
}

function pushLocalActivity(
  run: RunState,
  { activityType, args, options, headers, seq, attempt, originalScheduleTime, typeInfo, implementation }: Input,
  context: ReturnType<typeof activityContext>,
): void {
  pushCommand(run, {
    kind: "scheduleLocalActivity",
    seq,
    activityId: String(seq),
    activityType,
    attempt,
    originalScheduleTimeMs: originalScheduleTime === undefined ? undefined : tsToMs(originalScheduleTime),
    headers,
    arguments: payloadsOf(run, args, context, typeInfo?.inputTypes),
    scheduleToCloseTimeoutMs: timeoutMs(options.scheduleToCloseTimeout),
    scheduleToStartTimeoutMs: timeoutMs(options.scheduleToStartTimeout),
    startToCloseTimeoutMs: timeoutMs(options.startToCloseTimeout),
    retryPolicy: retryPolicyRecord(options.retry),
    localRetryThresholdMs: timeoutMs(options.localRetryThreshold),
    cancellationType: options.cancellationType ?? ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    ...(implementation !== undefined && { implementation }),
    ...commandMetadata(run, options.summary, undefined, options.eventGroups),
  });
}
