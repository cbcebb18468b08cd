import { durationFaultText, durationMs } from "../../../../api/duration.ts";
import { EventType, WorkflowTaskFailedCause } from "../../../../api/gen/enums.js";
import { TimerPart } from "../../gen/messages.js";
import { partKey } from "../parts.ts";
import { bad, requireAttributes, requireId } from "./attributes.ts";
import { CommandError } from "./command.ts";
import type { CommandHandler } from "./command.ts";

export const startTimer: CommandHandler = ({ run, completedEventId }, command) => {
  const checks = {
    command: "StartTimerCommand",
    failedCause: WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_BAD_START_TIMER_ATTRIBUTES,
    idBytesMax: run.limits.idBytesMax,
  };
  const { timerId, startToFireTimeout } = requireAttributes(checks, command.startTimerCommandAttributes);
  requireId(checks, "TimerId", timerId);
  const fault = durationFaultText(startToFireTimeout);
  if (fault !== undefined)
    throw bad(checks, `An invalid StartToFireTimeout is set on StartTimerCommand: ${fault}. TimerId=${timerId}`);
  const key = partKey.timer(timerId);
  if (run.view.part(key) !== undefined) {
    throw new CommandError(
      WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_START_TIMER_DUPLICATE_ID,
      `invalid history builder state for action: add-timer-started-event, TimerID: ${timerId}`,
    );
  }
  const startedEventId = run.addEvent({
    eventType: EventType.EVENT_TYPE_TIMER_STARTED,
    timerStartedEventAttributes: { timerId, startToFireTimeout, workflowTaskCompletedEventId: completedEventId },
    userMetadata: command.userMetadata,
    eventGroupMarkers: command.eventGroupMarkers,
  });
  const durationInMs = durationMs(startToFireTimeout);
  run.view.setPart(
    key,
    TimerPart.decode(
      TimerPart.encode({ timerId, startedEventId, firesAt: run.now + durationInMs, durationMs: durationInMs }),
    ),
  );
  run.action("start_timer");
};
