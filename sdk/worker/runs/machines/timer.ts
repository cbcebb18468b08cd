/**
 * A timer.
 *
 *   asked for ──▶ started ──▶ fired
 *       │            │
 *       ▼            ▼
 *     (never)     cancelled
 */
import { EventType } from "../../../../api/gen/enums.js";
import { TimerFiredEventAttributes } from "../../../../api/gen/messages.js";
import type { WorkflowCommand } from "../../../workflow/activation.ts";
import type { HistoryEvent } from "../history-event.ts";
import { takeBack } from "../run-state.ts";
import type { Begun, RunState } from "../run-state.ts";

type StartTimer = Extract<WorkflowCommand, { kind: "startTimer" }>;

export interface Timer extends Begun {
  readonly kind: "timer";
  readonly seq: number;
  startedEventId: number;
}

export function startTimer(run: RunState, command: StartTimer): void {
  const timer: Timer = { kind: "timer", seq: command.seq, start: undefined, startedEventId: 0 };
  run.begin(EventType.EVENT_TYPE_TIMER_STARTED, command, timer);
  run.timers.set(command.seq, timer);
}

export function cancelTimer(run: RunState, command: Extract<WorkflowCommand, { kind: "cancelTimer" }>): void {
  const timer = run.timers.get(command.seq);
  if (timer === undefined) return;
  run.timers.delete(command.seq);
  if (takeBack(timer)) return;
  run.byEventId.delete(timer.startedEventId);
  run.push(EventType.EVENT_TYPE_TIMER_CANCELED, command, timer);
}

export function timerStarted(run: RunState, timer: Timer, event: HistoryEvent): void {
  timer.startedEventId = event.id;
  if (run.timers.has(timer.seq)) run.byEventId.set(event.id, timer);
}

export function timerFired(run: RunState, event: HistoryEvent): void {
  const { startedEventId } = event.attributes(TimerFiredEventAttributes);
  const timer = run.byEventId.get(startedEventId);
  if (timer?.kind !== "timer") return;
  run.byEventId.delete(startedEventId);
  run.timers.delete(timer.seq);
  run.otherJobs.push({ kind: "fireTimer", seq: timer.seq });
}
