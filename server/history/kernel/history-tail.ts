import type { HistoryNode } from "../../store/store.ts";
import { assert } from "../../../base/index.ts";

/** The tail of a history that stays in memory while its entity does; what lies before is read from the store. */
const TAIL_BYTES_MAX = 64 * 1024;

export interface TailNode extends HistoryNode {
  readonly eventCount: number;
}

/**
 * The latest transitions' events.
 *
 * 1. Nodes are contiguous and end at `nextEventId - 1`.
 * 2. Nodes that the store may not have yet (`unsealed`, or in a batch on its way) are never dropped.
 */
export class HistoryTail {
  #nodes: TailNode[] = [];
  #bytes = 0;
  #from: number;
  #unsealed = 0;

  constructor(nextEventId: number) {
    this.#from = nextEventId;
  }

  /** First event id held here; events before it are in the store. */
  get from(): number {
    return this.#from;
  }

  append(node: TailNode): void {
    assert(
      this.#nodes.length === 0 ? node.node === this.#from : node.node === this.next,
      `history node ${node.node} follows event ${this.next - 1}`,
    );
    this.#nodes.push(node);
    this.#bytes += node.blob.length;
    this.#unsealed++;
  }

  get next(): number {
    const last = this.#nodes[this.#nodes.length - 1];
    return last === undefined ? this.#from : last.node + last.eventCount;
  }

  /** Takes back the nodes appended since there were `count` unsealed ones. */
  truncate(count: number): void {
    while (this.#unsealed > count) {
      const node = this.#nodes.pop() as TailNode;
      this.#bytes -= node.blob.length;
      this.#unsealed--;
    }
  }

  get unsealedCount(): number {
    return this.#unsealed;
  }

  /** The unsealed transitions as one node for the store. */
  seal(): HistoryNode | undefined {
    if (this.#unsealed === 0) return undefined;
    const nodes = this.#nodes.slice(this.#nodes.length - this.#unsealed);
    this.#unsealed = 0;
    const first = nodes[0] as TailNode;
    return nodes.length === 1 ? first : { node: first.node, blob: Buffer.concat(nodes.map((node) => node.blob)) };
  }

  /** Drops the oldest nodes beyond the limit. Only when everything here is durable. */
  trim(): void {
    if (this.#bytes <= TAIL_BYTES_MAX) return;
    let drop = 0;
    while (this.#bytes > TAIL_BYTES_MAX / 2 && drop < this.#nodes.length - 1) {
      this.#bytes -= (this.#nodes[drop] as TailNode).blob.length;
      drop++;
    }
    this.#nodes.splice(0, drop);
    this.#from = (this.#nodes[0] as TailNode).node;
  }

  /** Nodes from the one that holds `eventId` on. `eventId` must be at least `from`. */
  since(eventId: number): readonly TailNode[] {
    let at = this.#nodes.length;
    while (at > 0 && (this.#nodes[at - 1] as TailNode).node + (this.#nodes[at - 1] as TailNode).eventCount > eventId)
      at--;
    return this.#nodes.slice(at);
  }
}
