import { EMPTY_BATCH } from "../empty-batch.ts";
import type { Batch, EntityCreate, EntityKey, Store } from "../store.ts";
import type { VisibilityRow } from "../visibility.ts";

/** One set of data that can be opened again and again. */
export interface StoreUnderTest {
  /** Opens the data; whoever opened it before is closed, or counts as dead. */
  open(): Promise<Store>;
  dispose(): Promise<void>;
}

export type MakeStore = () => Promise<StoreUnderTest>;

export function batchOf(fields: Partial<Batch>): Batch {
  return { ...EMPTY_BATCH, nextId: 2 ** 40, ...fields };
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function textOf(blob: Uint8Array | undefined): string | undefined {
  return blob === undefined ? undefined : new TextDecoder().decode(blob);
}

export function runIdOf(key: EntityKey): string {
  return `0000${key.slot.toString(16).padStart(4, "0")}-0000-4000-8000-${key.id.toString(16).padStart(12, "0")}`;
}

export function entity(key: EntityKey, fields: Partial<EntityCreate> = {}): EntityCreate {
  return {
    slot: key.slot,
    id: key.id,
    kind: 1,
    namespace: 1,
    businessId: `business ${key.slot}/${key.id}`,
    runId: runIdOf(key),
    state: bytes(`state ${key.slot}/${key.id}`),
    dueAt: undefined,
    ...fields,
  };
}

export function visibilityRow(key: EntityKey, fields: Partial<VisibilityRow> = {}): VisibilityRow {
  return {
    slot: key.slot,
    id: key.id,
    namespace: 1,
    kind: 1,
    workflowId: `business ${key.slot}/${key.id}`,
    runId: runIdOf(key),
    workflowType: "order",
    taskQueue: "orders",
    status: 1,
    startTime: 1_700_000_000_000_000 + key.id,
    executionTime: 1_700_000_000_000_000 + key.id,
    closeTime: undefined,
    historyLength: undefined,
    historySizeBytes: undefined,
    stateTransitionCount: undefined,
    executionDurationNs: undefined,
    parentWorkflowId: undefined,
    parentRunId: undefined,
    rootWorkflowId: `business ${key.slot}/${key.id}`,
    rootRunId: runIdOf(key),
    memo: undefined,
    searchAttributes: undefined,
    attributes: [],
    ...fields,
  };
}

/** A lane that numbers its batches, as the kernel's does. */
export class TestLane {
  readonly store: Store;
  readonly lane: number;
  readonly epoch: number;
  readonly nextId: number;
  batchNo = 0;

  private constructor(store: Store, lane: number, opened: { epoch: number; nextId: number }) {
    this.store = store;
    this.lane = lane;
    this.epoch = opened.epoch;
    this.nextId = opened.nextId;
  }

  static async open(store: Store, lane = 0): Promise<TestLane> {
    return new TestLane(store, lane, await store.openLane({ lane, slotFrom: 0, slotTo: 4096 }));
  }

  async commit(fields: Partial<Batch>): Promise<string> {
    const result = await this.store.commit(this.request(fields));
    if (result.kind === "committed") this.batchNo += 1;
    return result.kind;
  }

  request(fields: Partial<Batch>): Parameters<Store["commit"]>[0] {
    return { lane: this.lane, epoch: this.epoch, batchNo: this.batchNo + 1, batch: batchOf(fields) };
  }
}

/** Everything the interface shows of an entity, comparable across stores. */
export async function dumpEntity(store: Store, key: EntityKey): Promise<unknown> {
  const loaded = await store.loadEntity(key);
  const history = await store.readHistory({ ...key, fromNode: 0, toNode: 2 ** 31, bytesMax: 2 ** 30 });
  return {
    loaded: loaded && {
      ...loaded,
      state: textOf(loaded.state),
      parts: loaded.parts.map(({ part, blob }) => [part, textOf(blob)]),
    },
    history: history.map(({ node, blob }) => [node, textOf(blob)]),
  };
}
