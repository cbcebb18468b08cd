import * as fc from "fast-check";
import { expect, test } from "vitest";
import { entity, TestLane } from "../conformance/store-under-test.fixture.ts";
import { openMemoryStore } from "../memory/memory-store.ts";
import { NAMESPACE } from "../sqlite/visibility-rows-fixture.ts";
import type { ListVisibility, Store } from "../store.ts";
import type { VisibilityFilter, VisibilityRow } from "../visibility.ts";
import { filter, row } from "../visibility-sql/filters.fixture.ts";
import { postgresUnderTest } from "./database.fixture.ts";

const RUNS = Number(process.env["PERDURE_FILTER_RUNS"] ?? 60);

async function found(store: Store, one: VisibilityFilter): Promise<unknown> {
  const list: ListVisibility = { namespace: NAMESPACE, kind: 1, filter: one, limit: 5, after: undefined };
  const first = await store.listVisibility(list);
  const next = first.next === undefined ? undefined : await store.listVisibility({ ...list, after: first.next });
  const { count } = await store.countVisibility({ namespace: NAMESPACE, kind: 1, filter: one, groupBy: undefined });
  const ids = (rows: readonly VisibilityRow[] = []): number[] => rows.map(({ id }) => id);
  return { first: ids(first.rows), next: ids(next?.rows), count };
}

test("PostgreSQL finds the rows for which the filter is true", { timeout: 3_600_000 }, async () => {
  const data = postgresUnderTest();
  const store = await data.open();
  const lane = await TestLane.open(store);
  const cases = fc.tuple(
    fc.array(row, { minLength: 1, maxLength: 12 }),
    fc.array(filter, { minLength: 1, maxLength: 12 }),
  );
  try {
    await fc.assert(
      fc.asyncProperty(cases, async ([drafts, filters]) => {
        const rows: VisibilityRow[] = drafts.map((draft, id) => ({ ...draft, id }));
        const deletes = Array.from({ length: 12 }, (_, id) => ({ slot: 0, id }));
        expect(await lane.commit({ deletes })).toBe("committed");
        // A filter by workflow id is looked up among the entities.
        const creates = rows.map(({ slot, id, workflowId, runId }) =>
          entity({ slot, id }, { namespace: NAMESPACE, businessId: workflowId, runId }),
        );
        expect(await lane.commit({ creates, visibility: rows })).toBe("committed");
        const memory = openMemoryStore();
        await (await TestLane.open(memory)).commit({ visibility: rows });
        for (const one of filters) expect(await found(store, one)).toEqual(await found(memory, one));
      }),
      { numRuns: RUNS },
    );
  } finally {
    await data.dispose();
  }
});
