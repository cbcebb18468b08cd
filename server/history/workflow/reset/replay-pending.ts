/** Makes anew what the kept events left pending. */
import { durationMs } from "../../../../api/duration.ts";
import { Priority, RetryPolicy } from "../../../../api/gen/messages.js";
import type { HistoryEvent } from "../../../../api/gen/messages.js";
import { timestampMs } from "../../../../api/timestamp.ts";
import type { Namespace } from "../../env.ts";
import { ChildPart, TimerPart } from "../../gen/messages.js";
import type { ActivityPart, ExternalPart } from "../../gen/messages.js";
import { sendCancel } from "../commands/cancel-external.ts";
import { sendSignal } from "../commands/signal-external.ts";
import { initiateChild } from "../commands/start-child.ts";
import { own } from "../create-run.ts";
import { scheduleActivity } from "../machines/activity.ts";
import { partKey, partPrefix } from "../parts.ts";
import type { Run } from "../run.ts";

export interface Pending {
  readonly activities: Map<number, { readonly event: HistoryEvent; cancelRequestedEventId?: number }>;
  readonly timers: Map<string, HistoryEvent>;
  readonly children: Map<number, { readonly event: HistoryEvent; startedEventId?: number; runId?: string }>;
  /** Signals and cancel requests to others, by their initiated event. */
  readonly externals: Map<number, HistoryEvent>;
}

export function nothingPending(): Pending {
  return { activities: new Map(), timers: new Map(), children: new Map(), externals: new Map() };
}

/** Request ids of what the base has sent and had no answer to, by the key of its part. To be asked for before it is closed. */
export function pendingRequestIds(base: Run): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  for (const prefix of [partPrefix.child, partPrefix.externalSignal, partPrefix.externalCancel])
    for (const [key, { requestId }] of base.view.partsOf<ChildPart | ExternalPart>(prefix)) ids.set(key, requestId);
  return ids;
}

export function restorePending(run: Run, pending: Pending, requestIds: ReadonlyMap<string, string>): void {
  for (const { event, cancelRequestedEventId } of pending.activities.values())
    restoreActivity(run, event, cancelRequestedEventId ?? 0);
  for (const event of pending.timers.values()) restoreTimer(run, event);
  for (const child of pending.children.values()) restoreChild(run, child, requestIds);
  for (const event of pending.externals.values()) restoreExternal(run, event, requestIds);
}

/** Its first attempt begins now, whatever attempts the base had made. */
function restoreActivity(run: Run, { eventId, userMetadata, ...event }: HistoryEvent, cancelEventId: number): void {
  const attributes = event.activityTaskScheduledEventAttributes;
  if (attributes === undefined) return;
  const { retryPolicy, priority } = attributes;
  scheduleActivity(
    run,
    {
      scheduledEventId: eventId,
      activityId: attributes.activityId,
      activityType: attributes.activityType?.name ?? "",
      taskQueue: attributes.taskQueue?.name ?? "",
      rawInput: own(attributes.input),
      rawHeader: own(attributes.header),
      rawRetryPolicy: retryPolicy === undefined ? NO_BYTES : RetryPolicy.encode(retryPolicy),
      rawPriority: priority === undefined ? NO_BYTES : Priority.encode(priority),
      rawUserMetadata: own(userMetadata),
      scheduleToCloseMs: durationMs(attributes.scheduleToCloseTimeout),
      scheduleToStartMs: durationMs(attributes.scheduleToStartTimeout),
      startToCloseMs: durationMs(attributes.startToCloseTimeout),
      heartbeatMs: durationMs(attributes.heartbeatTimeout),
      workflowTaskCompletedEventId: attributes.workflowTaskCompletedEventId,
    },
    undefined,
  );
  if (cancelEventId === 0) return;
  const key = partKey.activity(eventId);
  const activity = run.view.part<ActivityPart>(key) as ActivityPart;
  run.view.setPart(key, { ...activity, cancelRequested: true, cancelRequestedEventId: cancelEventId });
}

/** Due when it always was: perhaps at once. */
function restoreTimer(run: Run, { eventId, eventTime, ...event }: HistoryEvent): void {
  const { timerId = "", startToFireTimeout } = event.timerStartedEventAttributes ?? {};
  const lasts = durationMs(startToFireTimeout);
  const timer = {
    timerId,
    startedEventId: eventId,
    firesAt: (eventTime === undefined ? run.now : timestampMs(eventTime)) + lasts,
    durationMs: lasts,
  };
  run.view.setPart(partKey.timer(timerId), TimerPart.decode(TimerPart.encode(timer)));
}

/** One that runs is the new run's as it was the base's; the start of one that does not is asked for again. */
function restoreChild(
  run: Run,
  { event, startedEventId, runId }: { event: HistoryEvent; startedEventId?: number; runId?: string },
  requestIds: ReadonlyMap<string, string>,
): void {
  const initiated = event.startChildWorkflowExecutionInitiatedEventAttributes;
  if (initiated === undefined) return;
  const namespace = namespaceOf(run, initiated.namespaceId);
  const { eventId: initiatedEventId, userMetadata } = event;
  const key = partKey.child(initiatedEventId);
  if (startedEventId === undefined) {
    const sent = { namespace, initiated, initiatedEventId, userMetadata, requestId: requestIds.get(key) };
    initiateChild(run, sent);
    return;
  }
  const part = {
    initiatedEventId,
    namespaceId: namespace.id,
    namespaceName: namespace.name,
    namespaceNumber: namespace.number,
    workflowId: initiated.workflowId,
    workflowType: initiated.workflowType?.name,
    parentClosePolicy: initiated.parentClosePolicy,
    rawHeader: own(initiated.header),
    startedEventId,
    runId,
  };
  run.view.setPart(key, ChildPart.decode(ChildPart.encode(part)));
  run.state.pendingChildCount++;
}

function restoreExternal(run: Run, event: HistoryEvent, requestIds: ReadonlyMap<string, string>): void {
  const { eventId: initiatedEventId } = event;
  const signal = event.signalExternalWorkflowExecutionInitiatedEventAttributes;
  const cancel = event.requestCancelExternalWorkflowExecutionInitiatedEventAttributes;
  const attributes = signal ?? cancel;
  if (attributes === undefined) return;
  const { namespaceId, workflowExecution, childWorkflowOnly, control } = attributes;
  const { workflowId = "", runId = "" } = workflowExecution ?? {};
  const key = signal === undefined ? partKey.externalCancel : partKey.externalSignal;
  const shared = {
    ...{ workflowId, runId, childWorkflowOnly, control, initiatedEventId },
    target: namespaceOf(run, namespaceId),
    completedEventId: attributes.workflowTaskCompletedEventId,
    requestId: requestIds.get(key(initiatedEventId)),
  };
  if (signal !== undefined) {
    const { signalName, input, header } = signal;
    sendSignal(run, { ...shared, signalName, input, header });
  } else sendCancel(run, { ...shared, reason: cancel?.reason ?? "" });
}

function namespaceOf(run: Run, id: string): Namespace {
  return run.env.namespaces.byId(id) ?? (run.env.namespaces.byNumber(run.namespaceNumber) as Namespace);
}

const NO_BYTES = new Uint8Array(0);
