import type { Expiring } from "./expiry-wheel.ts";
import type { PollCall, QueuedTask } from "./matching.ts";
import type { TaskQueue } from "./task-queue.ts";

/** A poll that waits for a task. It is in its queue's list and in the expiry wheel until it is answered. */
export interface ParkedPoll extends Expiring {
  readonly queue: TaskQueue;
  readonly identity: string;
  readonly workerKey: string;
  readonly call: PollCall;
  /** undefined once answered: whoever comes later (cancel, expiry) finds nothing to do. */
  resolve: ((task: QueuedTask | undefined) => void) | undefined;
  previous: ParkedPoll | undefined;
  next: ParkedPoll | undefined;
}

/** The parked polls of one queue, longest waiting first, as an intrusive list: any of them leaves in O(1). */
export class ParkedPolls {
  #first: ParkedPoll | undefined;
  #last: ParkedPoll | undefined;

  get first(): ParkedPoll | undefined {
    return this.#first;
  }

  append(poll: ParkedPoll): void {
    poll.previous = this.#last;
    if (this.#last === undefined) this.#first = poll;
    else this.#last.next = poll;
    this.#last = poll;
  }

  remove(poll: ParkedPoll): void {
    if (poll.previous === undefined) this.#first = poll.next;
    else poll.previous.next = poll.next;
    if (poll.next === undefined) this.#last = poll.previous;
    else poll.next.previous = poll.previous;
    poll.previous = undefined;
    poll.next = undefined;
  }
}
