import * as fc from "fast-check";
import { expect, test } from "vitest";
import { evaluate } from "../memory/visibility-evaluate.ts";
import { compileFilter, insertRows, openVisibility } from "../sqlite/visibility-rows-fixture.ts";
import type { VisibilityRow } from "../visibility.ts";
import { filter, row } from "./filters.fixture.ts";

test("SQLite finds the rows for which the filter is true", () => {
  const cases = fc.tuple(
    fc.array(row, { minLength: 1, maxLength: 12 }),
    fc.array(filter, { minLength: 1, maxLength: 12 }),
  );
  fc.assert(
    fc.property(cases, ([drafts, filters]) => {
      const rows: VisibilityRow[] = drafts.map((draft, id) => ({ ...draft, id }));
      const db = openVisibility();
      insertRows(db, rows);
      for (const one of filters) {
        const { sql, parameters, keySources } = compileFilter(one);
        const found = db.prepare(`SELECT v.key FROM visibility v WHERE ${sql} ORDER BY v.key`).all(...parameters);
        const expected = rows.filter(evaluate(one)).map(({ id }) => id);
        expect(found.map(({ key }) => key)).toEqual(expected);
        for (const source of keySources) {
          const keys = new Set(
            db
              .prepare(source.sql)
              .all(...source.parameters)
              .map(({ key }) => key),
          );
          expect(expected.filter((key) => !keys.has(key))).toEqual([]);
        }
      }
      db.close();
    }),
    { numRuns: 300 },
  );
});
