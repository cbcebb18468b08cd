import * as fc from "fast-check";
import { expect, test } from "vitest";
import { batchOf, bytes, dumpEntity, entity, runIdOf, visibilityRow } from "./conformance/store-under-test.fixture.ts";
import { MemoryDisk } from "./memory/memory-disk.ts";
import { openMemoryStore } from "./memory/memory-store.ts";
import { postgresUnderTest } from "./postgres/database.fixture.ts";
import { sqliteUnderTest } from "./sqlite/sqlite-folder.fixture.ts";
import type { Batch, EntityKey, Store } from "./store.ts";
import type { Attribute } from "./visibility.ts";

// Few keys, so that batches meet: violations, rewrites and deletes are frequent.
const SLOTS_USED = [0, 1, 4095];
const IDS_MAX = 6;

const key = fc.record({ slot: fc.constantFrom(...SLOTS_USED), id: fc.integer({ min: 1, max: IDS_MAX }) });
const blob = fc.string({ maxLength: 12 }).map(bytes);
const dueAt = fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined });
const time = fc.integer({ min: 1, max: 4 });
const few = { maxLength: 3 };
/** Mostly absent: one write that contradicts the store refuses its whole batch. */
const rarely = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant<T[]>([]) }, { weight: 1, arbitrary: one.map((value) => [value]) });

const attribute: fc.Arbitrary<Attribute> = fc.oneof(
  fc.record({
    name: fc.constant("Color"),
    type: fc.constant("Keyword" as const),
    value: fc.constantFrom("red", "blue"),
  }),
  fc.record({ name: fc.constant("Count"), type: fc.constant("Int" as const), value: fc.integer({ min: -2, max: 2 }) }),
  fc.record({ name: fc.constant("Rate"), type: fc.constant("Double" as const), value: fc.constantFrom(-1.5, 0, 2) }),
  fc.record({
    name: fc.constant("Tags"),
    type: fc.constant("KeywordList" as const),
    value: fc.constantFrom(["a"], ["a", "b"]),
  }),
);
const attributes = fc
  .uniqueArray(attribute, { selector: (one) => one.name, maxLength: 3 })
  .map((all) => all.toSorted((a, b) => (a.name < b.name ? -1 : 1)));

const visibility = fc
  .record({
    key,
    kind: fc.constantFrom(1, 2),
    startTime: time,
    closeTime: fc.option(time, { nil: undefined }),
    status: fc.constantFrom(1, 2),
    memo: fc.option(blob, { nil: undefined }),
    attributes,
  })
  .map(({ key: at, ...fields }) => visibilityRow(at, fields));

const businessId = fc.constantFrom("order", "Order", "ordér");
const create = fc.record({ key, businessId, dueAt, state: blob }).map(({ key: at, ...fields }) => entity(at, fields));

const batch: fc.Arbitrary<Batch> = fc
  .record({
    nextId: fc.constantFrom(IDS_MAX, ...Array<number>(20).fill(IDS_MAX + 1)),
    creates: rarely(create),
    updates: rarely(fc.record({ key, state: blob, dueAt }).map(({ key: at, ...rest }) => ({ ...at, ...rest }))),
    deletes: rarely(key),
    partClears: rarely(key),
    parts: fc.array(
      fc
        .record({ key, part: fc.constantFrom("a", "b", ""), blob: fc.option(blob, { nil: undefined }) })
        .map(({ key: at, ...rest }) => ({ ...at, ...rest })),
      few,
    ),
    history: fc.array(
      fc
        .record({ key, node: fc.integer({ min: 1, max: 60 }), blob })
        .map(({ key: at, ...rest }) => ({ ...at, ...rest })),
      few,
    ),
    visibility: fc.array(visibility, few),
    meta: fc.array(fc.record({ key: fc.constantFrom("a", "ab", "b"), blob: fc.option(blob, { nil: undefined }) }), few),
    metering: fc.option(blob, { nil: undefined }),
  })
  .map(batchOf);

interface Step {
  readonly kind: "commit" | "stale" | "skip" | "open" | "reopen";
  readonly lane: number;
  readonly batch: Batch;
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...Array<"commit">(16).fill("commit"), "stale", "skip", "open", "reopen"),
  lane: fc.constantFrom(0, 1),
  batch,
});

async function run(store: Store, lanes: Map<number, { epoch: number; batchNo: number }>, next: Step): Promise<unknown> {
  const lane = lanes.get(next.lane);
  if (next.kind === "open" || next.kind === "reopen" || lane === undefined) {
    const opened = await store.openLane({ lane: next.lane, slotFrom: 0, slotTo: 4096 });
    lanes.set(next.lane, { epoch: opened.epoch, batchNo: 0 });
    return opened;
  }
  const epoch = lane.epoch - (next.kind === "stale" ? 1 : 0);
  const batchNo = lane.batchNo + (next.kind === "skip" ? 2 : 1);
  const result = await store.commit({ lane: next.lane, epoch, batchNo, batch: next.batch });
  if (result.kind === "committed") lane.batchNo += 1;
  return result.kind;
}

async function dump(store: Store): Promise<unknown> {
  const keys: EntityKey[] = SLOTS_USED.flatMap((slot) =>
    Array.from({ length: IDS_MAX }, (_, i) => ({ slot, id: i + 1 })),
  );
  const finds = SLOTS_USED.flatMap((slot) =>
    ["order", "Order", "ordér"].flatMap((id) => {
      const find = { slot, namespace: 1, kind: 1, businessId: id };
      return [find, { ...find, runId: runIdOf({ slot, id: 2 }) }];
    }),
  );
  const due = { upTo: 7, limit: 4, slotTo: 4096 };
  const scope = { namespace: 1, kind: 1, filter: undefined };
  return {
    entities: await Promise.all(keys.map((one) => dumpEntity(store, one))),
    found: await Promise.all(finds.map((find) => store.findEntity(find))),
    due: await store.readDue({ ...due, slotFrom: 0, after: undefined }),
    dueAfter: await store.readDue({ ...due, slotFrom: 1, after: { dueAt: 3, slot: 1, id: 2 } }),
    list: await store.listVisibility({ ...scope, limit: 100, after: undefined }),
    page: await store.listVisibility({ ...scope, limit: 2, after: undefined }),
    count: await store.countVisibility({ ...scope, groupBy: { kind: "system", column: "status", type: "Int" } }),
    meta: await store.readMeta("a"),
    metering: await store.readMetering({ lane: 0, afterEpoch: 0, afterBatchNo: 1, limit: 5 }),
    last: await Promise.all([1, 2, 3].map((epoch) => store.lastBatch(0, epoch))),
  };
}

/** A schema takes longer to make than a file; `PERDURE_EQUIVALENCE_RUNS` asks for more of both. */
const OTHERS = [
  { name: "SQLite", make: () => sqliteUnderTest("inline"), numRuns: 40 },
  { name: "PostgreSQL", make: postgresUnderTest, numRuns: 12 },
];
const RUNS = process.env["PERDURE_EQUIVALENCE_RUNS"];

test.each(OTHERS)(
  "after any batches memory and $name read alike",
  { timeout: 3_600_000 },
  async ({ make, numRuns }) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40, size: "max" }), async (steps) => {
        const disk = new MemoryDisk();
        let memory = openMemoryStore({ disk });
        const data = make();
        let other = await data.open();
        try {
          const lanes = [new Map(), new Map()] as const;
          for (const next of steps) {
            expect(await run(other, lanes[1], next)).toEqual(await run(memory, lanes[0], next));
            if (next.kind !== "reopen") continue;
            memory = openMemoryStore({ disk });
            other = await data.open();
            lanes[0].clear();
            lanes[1].clear();
          }
          expect(await dump(other)).toEqual(await dump(memory));
        } finally {
          await data.dispose();
        }
      }),
      { numRuns: RUNS === undefined ? numRuns : Number(RUNS) },
    );
  },
);
