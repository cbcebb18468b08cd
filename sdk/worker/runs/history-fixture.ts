/** Histories for tests, written event by event. */
import type { Input } from "../../../api/codec.ts";
import { EventType } from "../../../api/gen/enums.js";
import { History, HistoryEvent, WorkflowTaskCompletedMetadata } from "../../../api/gen/messages.js";
import { payloadsToBytes } from "../../common/host/wire-payloads.ts";
import type { Payload } from "../../common/payload.ts";

type Fields = Omit<Input<HistoryEvent>, "eventId" | "eventType">;

export class HistoryFixture {
  readonly events: Uint8Array[] = [];
  #seconds = 1000;

  get lastId(): number {
    return this.events.length;
  }

  /** Adds an event a second after the one before, and returns its id. */
  add(type: keyof typeof EventType, fields: Fields = {}): number {
    const eventId = this.events.length + 1;
    const eventTime = { seconds: this.#seconds++, nanos: 0 };
    this.events.push(HistoryEvent.encode({ eventTime, ...fields, eventId, eventType: EventType[type] }).slice());
    return eventId;
  }

  started(workflowType = "test"): this {
    this.add("EVENT_TYPE_WORKFLOW_EXECUTION_STARTED", {
      workflowExecutionStartedEventAttributes: {
        workflowType: { name: workflowType },
        taskQueue: { name: "queue" },
        originalExecutionRunId: "run",
        firstExecutionRunId: "run",
        workflowTaskTimeout: { seconds: 10, nanos: 0 },
        attempt: 1,
      },
    });
    return this;
  }

  /** A task up to its start. */
  task(): this {
    const scheduledEventId = this.add("EVENT_TYPE_WORKFLOW_TASK_SCHEDULED");
    this.add("EVENT_TYPE_WORKFLOW_TASK_STARTED", { workflowTaskStartedEventAttributes: { scheduledEventId } });
    return this;
  }

  /** The end of the task that has started; the flags are those that every worker writes. */
  completed(sdkName = "perdure"): this {
    this.add("EVENT_TYPE_WORKFLOW_TASK_COMPLETED", {
      workflowTaskCompletedEventAttributes: {
        startedEventId: this.lastId,
        sdkMetadata: WorkflowTaskCompletedMetadata.encode({ coreUsedFlags: [1, 2, 3], sdkName, sdkVersion: "1.2.3" }),
      },
    });
    return this;
  }

  taskFailed(fields: NonNullable<Fields["workflowTaskFailedEventAttributes"]> = {}): this {
    this.add("EVENT_TYPE_WORKFLOW_TASK_FAILED", { workflowTaskFailedEventAttributes: fields });
    return this;
  }

  timerStarted(timerId: string): number {
    return this.add("EVENT_TYPE_TIMER_STARTED", { timerStartedEventAttributes: { timerId } });
  }

  timerFired(timerId: string, startedEventId: number): this {
    this.add("EVENT_TYPE_TIMER_FIRED", { timerFiredEventAttributes: { timerId, startedEventId } });
    return this;
  }

  marker(markerName: string, details: Readonly<Record<string, unknown>>): this {
    const encoded = Object.entries(details).map(([key, value]) => [key, payloadsToBytes([json(value)])]);
    this.add("EVENT_TYPE_MARKER_RECORDED", {
      markerRecordedEventAttributes: { markerName, details: Object.fromEntries(encoded) as Record<string, Uint8Array> },
    });
    return this;
  }

  localActivity(seq: number, result: unknown, fields: object = {}): this {
    const data = {
      seq,
      attempt: 1,
      activity_id: String(seq),
      activity_type: "work",
      complete_time: null,
      backoff: null,
      original_schedule_time: { seconds: 1, nanos: 0 },
      ...fields,
    };
    return this.marker("core_local_activity", { data, result });
  }

  bytes(from = 1): Uint8Array {
    return History.encode({ events: this.events.slice(from - 1) }).slice();
  }
}

export function json(value: unknown): Payload {
  const encoder = new TextEncoder();
  return { metadata: { encoding: encoder.encode("json/plain") }, data: encoder.encode(JSON.stringify(value)) };
}
