/**
 * A user timer: started by a command, ends by firing or by a cancel command.
 *
 * 1. It fires no earlier than its time; timers due together fire in the order of their times, then of their start.
 * 2. Cancelling one that has fired into the buffer takes the buffered event back.
 */
import { EventType } from "../../../../api/gen/enums.js";
import type { TimerPart } from "../../gen/messages.js";
import { partPrefix } from "../parts.ts";
import type { Run } from "../run.ts";
import { ensureWorkflowTask } from "./workflow-task.ts";

export function fireDueTimers(run: Run): void {
  const due: { key: string; timer: TimerPart }[] = [];
  for (const [key, timer] of run.view.partsOf<TimerPart>(partPrefix.timer))
    if (timer.firesAt <= run.now) due.push({ key, timer });
  if (due.length === 0) return;
  due.sort((a, b) => a.timer.firesAt - b.timer.firesAt || a.timer.startedEventId - b.timer.startedEventId);
  for (const { key, timer } of due) {
    run.view.deletePart(key);
    run.addEvent({
      eventType: EventType.EVENT_TYPE_TIMER_FIRED,
      timerFiredEventAttributes: { timerId: timer.timerId, startedEventId: timer.startedEventId },
    });
  }
  ensureWorkflowTask(run);
}
