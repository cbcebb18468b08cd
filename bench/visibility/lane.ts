import { EMPTY_BATCH } from "../../server/store/index.ts";
import type { Batch, Store } from "../../server/store/index.ts";

/** A store and the numbers of its one lane. */
export class Lane {
  readonly store: Store;
  #epoch = 0;
  #batchNo = 0;
  #nextId = 1;

  constructor(store: Store) {
    this.store = store;
  }

  async open(): Promise<void> {
    const { epoch, nextId } = await this.store.openLane({ lane: 0, slotFrom: 0, slotTo: 4096 });
    this.#epoch = epoch;
    this.#nextId = nextId;
  }

  /** Above all ids that were used. */
  get nextId(): number {
    return this.#nextId;
  }

  async commit(batch: Partial<Batch>, lastId: number): Promise<void> {
    this.#nextId = Math.max(this.#nextId, lastId + 1);
    const request = {
      lane: 0,
      epoch: this.#epoch,
      batchNo: (this.#batchNo += 1),
      batch: { ...EMPTY_BATCH, ...batch, nextId: this.#nextId },
    };
    const result = await this.store.commit(request);
    if (result.kind !== "committed") throw new Error(`commit answered ${result.kind}`, { cause: result });
  }
}
