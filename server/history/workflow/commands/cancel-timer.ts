import { EventType, WorkflowTaskFailedCause } from "../../../../api/gen/enums.js";
import type { TimerPart } from "../../gen/messages.js";
import { partKey } from "../parts.ts";
import type { Run } from "../run.ts";
import { bad, requireAttributes, requireId } from "./attributes.ts";
import type { CommandHandler } from "./command.ts";

export const cancelTimer: CommandHandler = ({ run, completedEventId, identity }, command) => {
  const checks = {
    command: "CancelTimerCommand",
    failedCause: WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_BAD_CANCEL_TIMER_ATTRIBUTES,
    idBytesMax: run.limits.idBytesMax,
  };
  const { timerId } = requireAttributes(checks, command.cancelTimerCommandAttributes);
  requireId(checks, "TimerId", timerId);
  const startedEventId = takeTimer(run, timerId);
  if (startedEventId === undefined)
    throw bad(checks, `invalid history builder state for action: add-timer-canceled-event, TimerID: ${timerId}`);
  run.addEvent({
    eventType: EventType.EVENT_TYPE_TIMER_CANCELED,
    timerCanceledEventAttributes: { timerId, startedEventId, workflowTaskCompletedEventId: completedEventId, identity },
    eventGroupMarkers: command.eventGroupMarkers,
  });
};

/** Removes a pending timer, or un-fires one whose event is still buffered; answers its started event id. */
function takeTimer(run: Run, timerId: string): number | undefined {
  const key = partKey.timer(timerId);
  const timer = run.view.part<TimerPart>(key);
  if (timer !== undefined) {
    run.view.deletePart(key);
    return timer.startedEventId;
  }
  if (!run.hasBufferedEvents) return undefined;
  for (const { key: bufferedKey, event } of run.bufferedEvents()) {
    const fired = event.timerFiredEventAttributes;
    if (event.eventType !== EventType.EVENT_TYPE_TIMER_FIRED || fired?.timerId !== timerId) continue;
    run.dropBufferedEvent(bufferedKey);
    return fired.startedEventId;
  }
  return undefined;
}
