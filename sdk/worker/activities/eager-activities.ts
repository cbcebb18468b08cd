/**
 * Activities that this worker asks for with the answer to a workflow task, and gets with the server's: a slot is reserved
 * for each before it is asked for.
 */
import type { Input } from "../../../api/codec.ts";
import type { PollActivityTaskQueueResponse, RespondWorkflowTaskCompletedRequest } from "../../../api/gen/messages.js";
import type { ScheduleActivity } from "../../workflow/activation.ts";
import type { Slot, Slots } from "../tuner/slots.ts";
import type { ActivitySlotInfo } from "../tuner/slot-supplier.ts";
import type { ActivityRegistry } from "./activity-registry.ts";

export interface EagerActivitiesOptions {
  readonly slots: Slots<ActivitySlotInfo>;
  readonly registry: ActivityRegistry;
  readonly taskQueue: string;
  /** At most so many with one answer; 0 when the worker runs no activities. */
  readonly most: number;
  /** Takes over the slot. */
  readonly run: (task: PollActivityTaskQueueResponse, slot: Slot<ActivitySlotInfo>) => void;
}

type Reserved = Slot<ActivitySlotInfo>[];

export class EagerActivities {
  readonly #options: EagerActivitiesOptions;
  #reserved: Reserved = [];

  constructor(options: EagerActivitiesOptions) {
    this.#options = options;
  }

  /** Whether the command may ask for the activity to come with the answer, which asks for `asked` others already. */
  request(command: ScheduleActivity, asked: number): boolean {
    const { slots, registry, taskQueue, most } = this.#options;
    if (asked >= most || command.doNotEagerlyExecute || command.taskQueue !== taskQueue) return false;
    if (registry.find(command.activityType) === undefined) return false;
    const slot = slots.tryReserve();
    if (slot === undefined) return false;
    this.#reserved.push(slot);
    return true;
  }

  /** The slots that were reserved for an answer's commands. */
  take(answer: Input<RespondWorkflowTaskCompletedRequest>): Reserved {
    const asks = (answer.commands ?? []).filter(
      (command) => command.scheduleActivityTaskCommandAttributes?.requestEagerExecution === true,
    );
    return this.#reserved.splice(0, asks.length);
  }

  /** Runs what came and gives back the slots of what did not. */
  settle(reserved: Reserved, tasks: readonly PollActivityTaskQueueResponse[]): void {
    tasks.forEach((task) => {
      const slot = reserved.pop();
      // A server gives no more than was asked for; what comes without a slot times out and is tried again.
      if (slot !== undefined) this.#options.run(task, slot);
    });
    for (const slot of reserved) slot.release();
  }
}
