/** Pages of a list while executions start, close and go: one that keeps its place is seen once, and none twice in one place. */
import { expect, test } from "vitest";
import { seededRandom } from "../../../base/index.ts";
import type { Random } from "../../../base/index.ts";
import type { VisibilityFilter, VisibilityRow, VisibilitySort } from "../visibility.ts";
import { describeStores } from "./describe-store.fixture.ts";
import { entity, TestLane, visibilityRow } from "./store-under-test.fixture.ts";

const T = 1_700_000_000_000_000;
const FIRST_ROWS = 40;

const AMOUNT = { kind: "attribute", name: "Int01", type: "Int" } as const;
const HAS_AMOUNT: VisibilityFilter = { kind: "isNull", field: AMOUNT, negated: true };
const SORTS: readonly (VisibilitySort | undefined)[] = [
  undefined,
  { field: AMOUNT, descending: false },
  { field: AMOUNT, descending: true },
  { field: { kind: "system", column: "startTime", type: "Datetime" }, descending: true },
];

/** Executions that change while somebody reads pages of them. */
class Changing {
  readonly rows = new Map<number, VisibilityRow>();
  /** Those that were written since the first page. */
  readonly changed = new Set<number>();
  readonly #random: Random;
  #lastId = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  below(limit: number): number {
    return Math.floor(this.#random.next() * limit);
  }

  start(): VisibilityRow {
    const id = (this.#lastId += 1);
    const key = { slot: this.below(4096), id };
    const amount = this.below(4) === 0 ? [] : [{ ...AMOUNT, value: this.below(5) }];
    const attributes = amount.map(({ name, type, value }) => ({ name, type, value }));
    return visibilityRow(key, { startTime: T + this.below(10), attributes });
  }

  close(row: VisibilityRow): VisibilityRow {
    return { ...row, status: 2, closeTime: T + 20 + this.below(10) };
  }

  pick(): VisibilityRow | undefined {
    return [...this.rows.values()][this.below(this.rows.size)];
  }

  written(row: VisibilityRow): void {
    this.rows.set(row.id, row);
    this.changed.add(row.id);
  }
}

describeStores("pages of a list that changes", (open) => {
  async function change(lane: TestLane, all: Changing): Promise<void> {
    const started = all.start();
    await lane.commit({ creates: [entity(started)], visibility: [started] });
    all.written(started);
    const closing = all.pick();
    if (closing !== undefined && closing.closeTime === undefined) {
      const closed = all.close(closing);
      await lane.commit({ visibility: [closed] });
      all.written(closed);
    }
    const gone = all.pick();
    if (gone === undefined || all.below(3) > 0) return;
    await lane.commit({ deletes: [gone] });
    all.rows.delete(gone.id);
    all.changed.add(gone.id);
  }

  test.each([1, 2, 3, 4])("show each execution that stays as it is once (seed %i)", async (seed) => {
    const lane = await TestLane.open(await open());
    const all = new Changing(seededRandom(seed));
    for (let i = 0; i < FIRST_ROWS; i++) await change(lane, all);
    for (const sort of SORTS) {
      for (const filter of [undefined, HAS_AMOUNT]) {
        all.changed.clear();
        const before = [...all.rows.values()].filter(({ attributes }) => filter === undefined || attributes.length > 0);
        const seen: VisibilityRow[] = [];
        let after: string | undefined;
        do {
          const limit = 1 + all.below(5);
          const page = await lane.store.listVisibility({ namespace: 1, kind: 1, filter, sort, limit, after });
          seen.push(...page.rows);
          after = page.next;
          if (seen.length < 60) await change(lane, all);
        } while (after !== undefined);
        const times = (id: number): number => seen.filter((row) => row.id === id).length;
        const stayed = before.filter(({ id }) => !all.changed.has(id)).map(({ id }) => id);
        expect(stayed.filter((id) => times(id) !== 1)).toEqual([]);
        const places = seen.map(({ id, closeTime }) => `${id} ${closeTime}`);
        expect(new Set(places).size).toBe(places.length);
      }
    }
  });
});
