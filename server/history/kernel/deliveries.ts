import { Code, ServiceError } from "../../../api/errors.ts";
import type { Log, Timers } from "../../../base/index.ts";
import { StoreUnavailableError } from "../../store/errors.ts";
import type { FindEntity } from "../../store/store.ts";
import type { OutboxPart as OutboxMessagePart } from "../gen/messages.js";
import type { Entity } from "./entity.ts";
import { packKey } from "./entity-cache.ts";
import { LaneUnavailableError } from "./errors.ts";
import type { Kind } from "./kind.ts";
import type { Decision, Lane } from "./lane.ts";

/** First delay before an undelivered message is tried again; doubles up to the maximum. */
const RETRY_MS = 50;
const RETRY_MAX_MS = 10_000;

export interface DeliveriesOptions {
  readonly kinds: ReadonlyMap<number, Kind>;
  readonly timers: Timers;
  readonly log: Log;
  decide<T>(find: Omit<FindEntity, "slot">, decision: Decision<T>): Promise<T>;
}

interface Delivery {
  readonly from: Lane;
  /** The lane's when the delivery began: a lane that starts anew finds its messages again, and delivers them itself. */
  readonly epoch: number;
  readonly sender: Entity;
  readonly key: string;
  readonly name: string;
}

/**
 * Takes messages to their receivers, then the receipts to their senders, until both have happened.
 *
 * 1. At least once: a message stays in its sender's parts until its receipt is recorded with it.
 * 2. One at a time: while a message is on its way it is not sent again, and one that its lane has sent before it
 *    started anew reaches nobody any more. A receiver that refuses the first and accepts the second of two would have
 *    told the sender of the refusal alone.
 */
export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #underWay = new Set<string>();

  constructor(options: DeliveriesOptions) {
    this.#options = options;
  }

  begin(from: Lane, sender: Entity, key: string): void {
    const { epoch } = from;
    const name = `${epoch}/${packKey(sender.identity)}/${key}`;
    if (this.#underWay.has(name)) return;
    this.#underWay.add(name);
    this.#attempt({ from, epoch, sender, key, name }, 1);
  }

  #attempt(delivery: Delivery, tries: number): void {
    const message = delivery.sender.parts.get(delivery.key) as OutboxMessagePart | undefined;
    if (message === undefined) {
      this.#underWay.delete(delivery.name);
      return;
    }
    this.#handOver(delivery, message).then(
      () => this.#underWay.delete(delivery.name),
      (error: Error) => {
        if (!isPassing(error))
          this.#options.log.error("a message between executions failed", { error: error.stack ?? error.message });
        this.#later(delivery, tries);
      },
    );
  }

  #later(delivery: Delivery, tries: number): void {
    this.#options.timers.set(retryMs(tries), () => this.#again(delivery, tries + 1));
  }

  /** The sender may have left memory since: look it up by its key. */
  #again(delivery: Delivery, tries: number): void {
    const { from, sender, key, name } = delivery;
    from
      .decideByKey(sender.identity, (tx, target) => {
        if (target?.part(key) === undefined || !isCurrent(delivery)) this.#underWay.delete(name);
        else tx.afterCommit(() => this.#attempt({ ...delivery, sender: target.entity as Entity }, tries));
      })
      .catch((error: Error) => {
        // A lane that lost its memory finds the message again by its own scan.
        if (error instanceof StoreUnavailableError && isCurrent(delivery)) this.#later(delivery, tries);
        else this.#underWay.delete(name);
      });
  }

  async #handOver(delivery: Delivery, part: OutboxMessagePart): Promise<void> {
    const { from, sender, key } = delivery;
    const { kind: kindId, namespaceNumber: namespace, businessId, message } = part;
    const kind = this.#options.kinds.get(kindId) as Kind;
    const runId = part.runId === "" ? undefined : part.runId;
    const receipt = await this.#options.decide({ kind: kindId, namespace, businessId, runId }, (tx, target) => {
      if (!isCurrent(delivery)) throw new LaneUnavailableError("the sender's lane is recovering");
      return kind.onMessage(tx, target, { namespace, businessId, runId }, message);
    });
    await from.decideByKey(sender.identity, (tx, target) => {
      if (target?.part(key) === undefined || !isCurrent(delivery)) return;
      target.deletePart(key);
      tx.open(target.entity).entity.kind.onReceipt(tx, target, message, receipt);
    });
  }
}

function isCurrent({ from, epoch }: Delivery): boolean {
  return from.isServing && from.epoch === epoch;
}

/** How long to wait after so many attempts. */
function retryMs(attempt: number): number {
  return Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** (attempt - 1));
}

/** What is over when the message is tried again: the receiver's lane is recovering, or the receiver is busy closing. */
function isPassing(error: Error): boolean {
  if (error instanceof LaneUnavailableError || error instanceof StoreUnavailableError) return true;
  return error instanceof ServiceError && error.code === Code.RESOURCE_EXHAUSTED;
}
