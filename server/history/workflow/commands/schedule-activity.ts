import { duration, durationFaultText } from "../../../../api/duration.ts";
import { EventType, TaskQueueKind, WorkflowTaskFailedCause } from "../../../../api/gen/enums.js";
import { Priority as PriorityCodec, RetryPolicy as RetryPolicyCodec } from "../../../../api/gen/messages.js";
import type {
  ActivityTaskScheduledEventAttributes,
  RetryPolicy,
  ScheduleActivityTaskCommandAttributes,
} from "../../../../api/gen/messages.js";
import type { ActivityPart } from "../../gen/messages.js";
import { own } from "../create-run.ts";
import { scheduleActivity as scheduleMachine } from "../machines/activity.ts";
import { normalTimeouts, noTimeoutText } from "../machines/activity-timeouts.ts";
import type { Timeouts } from "../machines/activity-timeouts.ts";
import { partPrefix } from "../parts.ts";
import { priorityFault } from "../priority.ts";
import { retryPolicyFault, withRetryDefaults } from "../retry-policy-input.ts";
import type { Run } from "../run.ts";
import { bad, requireAttributes } from "./attributes.ts";
import type { AttributeChecks } from "./attributes.ts";
import { CommandError } from "./command.ts";
import type { CommandHandler } from "./command.ts";
import { limitBlobs } from "./payload-limits.ts";

const RESERVED_PREFIX = "/_sys/";
const EMPTY_POLICY: RetryPolicy = RetryPolicyCodec.decode(new Uint8Array(0));

export const scheduleActivity: CommandHandler = (context, command) => {
  const { run, completedEventId } = context;
  const checks = {
    command: "ScheduleActivityTaskCommand",
    failedCause: WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_ACTIVITY_ATTRIBUTES,
    idBytesMax: run.limits.idBytesMax,
  };
  const attributes = requireAttributes(checks, command.scheduleActivityTaskCommandAttributes);
  checkAttributes(checks, attributes);
  const timeouts = normalTimeouts(attributes, run.state.runTimeoutMs);
  if (timeouts === undefined)
    throw bad(
      checks,
      noTimeoutText({ activityId: attributes.activityId, activityType: attributes.activityType?.name ?? "" }),
    );
  limitBlobs(run, { command: "ScheduleActivityTaskCommandAttributes.Input", failedCause: checks.failedCause }, [
    attributes.input,
  ]);
  checkPlace(run, attributes.activityId);
  const { activityId, header, input, priority } = attributes;
  const activityType = attributes.activityType?.name ?? "";
  const taskQueue = attributes.taskQueue?.name ?? "";
  const retryPolicy = withRetryDefaults(attributes.retryPolicy ?? EMPTY_POLICY);
  const scheduledEventId = run.addEvent({
    eventType: EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
    activityTaskScheduledEventAttributes: {
      activityId,
      activityType: { name: activityType },
      taskQueue: { name: taskQueue, kind: TaskQueueKind.TASK_QUEUE_KIND_NORMAL },
      header,
      input,
      ...eventTimeouts(timeouts),
      workflowTaskCompletedEventId: completedEventId,
      retryPolicy,
      useWorkflowBuildId: attributes.useWorkflowBuildId,
      priority,
    },
    userMetadata: command.userMetadata,
    eventGroupMarkers: command.eventGroupMarkers,
  });
  const scheduled = {
    scheduledEventId,
    activityId,
    activityType,
    taskQueue,
    rawInput: own(input),
    rawHeader: own(header),
    rawRetryPolicy: RetryPolicyCodec.encode(retryPolicy),
    rawPriority: priority === undefined ? NO_BYTES : PriorityCodec.encode(priority),
    rawUserMetadata: own(command.userMetadata),
    workflowTaskCompletedEventId: completedEventId,
    ...timeouts,
  };
  scheduleMachine(run, scheduled, attributes.requestEagerExecution ? { identity: context.identity } : undefined);
  if (attributes.requestEagerExecution) context.eagerActivities.push(scheduledEventId);
};

const NO_BYTES = new Uint8Array(0);

function checkAttributes(checks: AttributeChecks, attributes: ScheduleActivityTaskCommandAttributes): void {
  const { activityId, activityType, taskQueue } = attributes;
  if (taskQueue === undefined) throw bad(checks, "taskQueue is not set");
  if (taskQueue.name === "") throw bad(checks, "missing task queue name");
  if (Buffer.byteLength(taskQueue.name) > checks.idBytesMax) throw bad(checks, "taskQueue length exceeds limit");
  if (taskQueue.name.startsWith(RESERVED_PREFIX))
    throw bad(checks, `task queue name cannot start with reserved prefix ${RESERVED_PREFIX}`);
  checkName(checks, "activityId", activityId);
  checkName(checks, "activityType", activityType?.name ?? "");
  const retryFault = retryPolicyFault(attributes.retryPolicy);
  if (retryFault !== undefined) throw bad(checks, retryFault);
  for (const [name, value] of [
    ["ScheduleToCloseTimeout", attributes.scheduleToCloseTimeout],
    ["ScheduleToStartTimeout", attributes.scheduleToStartTimeout],
    ["StartToCloseTimeout", attributes.startToCloseTimeout],
    ["HeartbeatTimeout", attributes.heartbeatTimeout],
  ] as const) {
    const fault = durationFaultText(value);
    if (fault !== undefined) throw bad(checks, `invalid ${name}: ${fault}`);
  }
  const fault = priorityFault(attributes.priority);
  if (fault !== undefined) throw bad(checks, `invalid priorities: ${fault}`);
}

function checkName(checks: AttributeChecks, field: string, value: string): void {
  if (value === "") throw bad(checks, `${field} is not set`);
  const length = Buffer.byteLength(value);
  if (length > checks.idBytesMax)
    throw bad(checks, `${field} exceeds length limit. Length=${length} Limit=${checks.idBytesMax}`);
}

function eventTimeouts(
  timeouts: Timeouts,
): Pick<
  ActivityTaskScheduledEventAttributes,
  "scheduleToCloseTimeout" | "scheduleToStartTimeout" | "startToCloseTimeout" | "heartbeatTimeout"
> {
  return {
    scheduleToCloseTimeout: duration(timeouts.scheduleToCloseMs),
    scheduleToStartTimeout: duration(timeouts.scheduleToStartMs),
    startToCloseTimeout: duration(timeouts.startToCloseMs),
    heartbeatTimeout: duration(timeouts.heartbeatMs),
  };
}

/** The id must be free among pending activities, and there must be room for one more. */
function checkPlace(run: Run, activityId: string): void {
  const { pendingActivitiesMax } = run.limits;
  const { pendingActivityCount } = run.state;
  if (pendingActivityCount >= pendingActivitiesMax) {
    const text = `the number of pending activities, ${pendingActivityCount}, has reached the per-workflow limit of ${pendingActivitiesMax}`;
    throw new CommandError(WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_PENDING_ACTIVITIES_LIMIT_EXCEEDED, text);
  }
  if (pendingActivityCount === 0) return;
  for (const [, activity] of run.view.partsOf<ActivityPart>(partPrefix.activity)) {
    if (activity.activityId !== activityId) continue;
    const text = `invalid history builder state for action: add-activitytask-scheduled-event, ActivityID: ${activityId}`;
    throw new CommandError(WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_SCHEDULE_ACTIVITY_DUPLICATE_ID, text);
  }
}
