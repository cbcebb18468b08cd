import { seededRandom, silentLog, systemClock, systemTimers } from "../../../base/index.ts";
import type { Store } from "../../store/index.ts";
import { Kernel, slotOf } from "./index.ts";
import type { EntityTx, Kind } from "./index.ts";

/** A kind with nothing of a workflow in it: a counter that can be incremented, remind itself, and tell another counter. */
export interface Counter {
  value: number;
  /** ms since the epoch; 0 = no reminder. */
  remindAt: number;
  sent: number;
  /** Waits for somebody: a scan after a restart finds it at once, whenever it reminds itself. */
  waits?: boolean;
  /** Known in memory alone, and due before anything else. */
  glimpseAt?: number | undefined;
}

const text = new TextEncoder();
const json = {
  encode: (value: unknown) => text.encode(JSON.stringify(value)),
  decode: (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString("utf8")) as never,
};

export const counterKind: Kind<Counter> = {
  id: 77,
  name: "counter",
  state: { ...json, encode: (state) => json.encode({ ...state, glimpseAt: undefined }) },
  part: () => json,
  weigh: () => 0,
  due: ({ state }) => {
    const memory = state.glimpseAt ?? (state.remindAt || undefined);
    return { memory, stored: state.waits ? 1 : memory };
  },
  nextEventId: () => 1,
  clockOffset: () => 0,
  onDue(_tx, target) {
    target.state.value += 1000;
    target.state.remindAt = 0;
    target.touch();
  },
  onRecover() {},
  onMessage(tx, target, address, message) {
    const counter = target ?? createCounter(tx, address.businessId);
    const id = Buffer.from(message).toString("utf8");
    if (counter.part(`s:${id}`) === undefined) {
      counter.setPart(`s:${id}`, true);
      counter.state.value++;
    }
    return json.encode(counter.state.value);
  },
  onReceipt(_tx, target) {
    target.state.sent++;
    target.touch();
  },
  isPinned: () => false,
  onDrop() {},
};

type Tx = Parameters<Kind["onDue"]>[0];

export function createCounter(tx: Tx, businessId: string): EntityTx<Counter> {
  return tx.create<Counter>({
    kind: counterKind,
    slot: slotOf(1, businessId),
    namespace: 1,
    businessId,
    runId: tx.uuid(),
    state: { value: 0, remindAt: 0, sent: 0 },
  });
}

export const named = (businessId: string) => ({ kind: counterKind.id, namespace: 1, businessId });

export const read = (kernel: Kernel, businessId: string): Promise<Counter | undefined> =>
  kernel.decide(named(businessId), (_tx, found) => (found === undefined ? undefined : { ...(found.state as Counter) }));

/** A kernel of counters, in real time. */
export async function openKernel(store: Store, lanes = 1): Promise<Kernel> {
  const kernel = new Kernel({
    store,
    kinds: [counterKind as never],
    clock: systemClock,
    timers: systemTimers,
    random: seededRandom(1),
    log: silentLog,
    lanes,
    cachedEntitiesMax: 100,
  });
  await kernel.start();
  return kernel;
}
