/**
 * The time of one execution, which goes forward by itself to whatever is due next.
 *
 * 1. Time is skipped (`skip-time.ts`) at the end of a decision that left nothing in flight: no workflow task, no activity that a worker
 *    has or may get, no child, no signal or cancel request to another execution. Timers, retries and time-outs are due.
 * 2. Each skip is one event and one step forward of the run's clock offset; the offset passes on to children and to the
 *    next run of the chain, the count of skips and the fast-forward to the latter alone.
 * 3. Skips of a session are counted and bounded, so that retries without backoff do not go on for ever.
 *
 *             configure            skip, as often as allowed
 *   (nothing) ─────────► enabled ──┬──► enabled
 *                                  ├──► disabled: the fast-forward's target is reached
 *                                  └──► disabled: the session's skips are used up
 */
import type { Input } from "../../../../api/codec.ts";
import { duration, durationMs, optionalDuration } from "../../../../api/duration.ts";
import { EventType } from "../../../../api/gen/enums.js";
import type {
  TimeSkippingConfig,
  TimeSkippingFastForwardInfo,
  TimeSkippingInfo,
  TimeSkippingStatePropagation,
} from "../../../../api/gen/messages.js";
import { optionalTimestamp, timestamp } from "../../../../api/timestamp.ts";
import { TimeSkipping } from "../../gen/messages.js";
import type { RunState } from "../../gen/messages.js";
import type { Run } from "../run.ts";

const SKIPS_MAX_DEFAULT = 200;
const NEVER = Number.POSITIVE_INFINITY;
const NONE: TimeSkipping = TimeSkipping.decode(new Uint8Array(0));

/** configure: a client's wish, which begins a new session; undefined takes the configuration away. */
export function configureTimeSkipping(config: TimeSkippingConfig | undefined, now: number): TimeSkipping {
  if (config === undefined) return NONE;
  const { enabled, disablePropagation, maxSessionSkipCount, fastForwardConfig } = config;
  const fastForwardMs = durationMs(fastForwardConfig?.duration);
  return {
    ...NONE,
    configured: true,
    enabled,
    disablePropagation,
    skipsMax: maxSessionSkipCount > 0 ? maxSessionSkipCount : SKIPS_MAX_DEFAULT,
    fastForwardId: fastForwardConfig?.id ?? "",
    fastForwardMs,
    fastForwardTarget: fastForwardConfig === undefined ? 0 : now + fastForwardMs,
  };
}

/** What a child is told: it skips time as its parent does, but for the fast-forward. */
export function childTimeSkipping({ timeSkipping }: RunState): Input<TimeSkippingConfig> | undefined {
  if (timeSkipping?.enabled !== true || timeSkipping.disablePropagation) return undefined;
  return { enabled: true, maxSessionSkipCount: timeSkipping.skipsMax };
}

export function timeSkippingConfig(skipping: TimeSkipping | undefined): Input<TimeSkippingConfig> | undefined {
  if (skipping?.configured !== true) return undefined;
  const { enabled, disablePropagation, skipsMax: maxSessionSkipCount, fastForwardId: id, fastForwardMs } = skipping;
  const fastForwardConfig = id === "" ? undefined : { id, duration: duration(fastForwardMs) };
  return { enabled, disablePropagation, maxSessionSkipCount, fastForwardConfig };
}

/** What an execution begins with when others before it have skipped time. */
export function inheritedTime(
  clockOffsetMs: number,
  chain?: TimeSkipping,
): Input<TimeSkippingStatePropagation> | undefined {
  if (clockOffsetMs === 0) return undefined;
  return {
    initialSkippedDuration: optionalDuration(clockOffsetMs),
    fastForwardTargetTime: optionalTimestamp(chain?.fastForwardTarget),
    initialSkipCount: chain?.skips,
  };
}

export function timeSkippingInfo(run: Run): Input<TimeSkippingInfo> | undefined {
  const { timeSkipping } = run.state;
  if (timeSkipping === undefined) return undefined;
  return {
    currentTime: timestamp(run.now),
    effectiveConfig: timeSkippingConfig(timeSkipping),
    fastForwardInfo: fastForwardInfo(timeSkipping),
    currentSessionSkipCount: timeSkipping.skips,
  };
}

export function fastForwardInfo(skipping: TimeSkipping | undefined): Input<TimeSkippingFastForwardInfo> | undefined {
  if (skipping === undefined || skipping.fastForwardId === "") return undefined;
  return {
    fastForwardDuration: duration(skipping.fastForwardMs),
    fastForwardId: skipping.fastForwardId,
    targetTime: timestamp(skipping.fastForwardTarget),
    hasCompleted: skipping.fastForwardCompleted,
  };
}

/** When the fast-forward ends even if nothing is skipped. */
export function dueFastForward({ timeSkipping }: RunState): number {
  if (timeSkipping?.enabled !== true || timeSkipping.fastForwardId === "") return NEVER;
  return timeSkipping.fastForwardTarget;
}

/** The fast-forward's target has been reached while something was in flight. */
export function endFastForward(run: Run): void {
  if (dueFastForward(run.state) <= run.now) moveTo(run, dueFastForward(run.state));
}

/** skip: the run's time goes forward, which its history tells. */
export function moveTo(run: Run, target: number): void {
  const { state, view } = run;
  const skipping = state.timeSkipping as TimeSkipping;
  const { now } = view;
  const isFastForwarded = dueFastForward(state) <= target;
  run.addEvent(
    {
      eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED,
      workerMayIgnore: true,
      workflowExecutionTimeSkippingTransitionedEventAttributes: {
        targetTime: timestamp(target),
        disabledAfterFastForward: isFastForwarded,
        wallClockTime: timestamp(now),
      },
    },
    now,
  );
  const skips = target > now ? skipping.skips + 1 : skipping.skips;
  state.timeSkipping = {
    ...skipping,
    skips,
    enabled: !isFastForwarded && skips < skipping.skipsMax,
    fastForwardCompleted: skipping.fastForwardCompleted || isFastForwarded,
  };
  state.clockOffsetMs += Math.max(0, target - now);
  view.touch();
}
