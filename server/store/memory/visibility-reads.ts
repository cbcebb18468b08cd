/** Lists and counts by asking every row: the plainest thing that is right. */
import type { CountVisibility, ListVisibility, VisibilityCount, VisibilityGroup, VisibilityPage } from "../store.ts";
import type { VisibilityPosition } from "../visibility-cursor.ts";
import { decodeCursor, encodeCursor, isAfter, sortedGroups } from "../visibility-cursor.ts";
import type { Scalar } from "../visibility.ts";
import type { MemoryDisk, VisibilityEntry } from "./memory-disk.ts";
import { scopeKey } from "./memory-disk.ts";
import { evaluate, reader } from "./visibility-evaluate.ts";

interface Placed {
  readonly place: VisibilityPosition;
  readonly entry: VisibilityEntry;
}

export function listRows(disk: MemoryDisk, list: ListVisibility): VisibilityPage {
  const { sort } = list;
  const after = list.after === undefined ? undefined : decodeCursor(list.after, sort);
  const found: Placed[] = [];
  for (const entry of entriesOf(disk, list, sort === undefined ? after : undefined)) {
    const place = sort === undefined ? entry : { ...entry, value: reader(sort.field)(entry.row) as Scalar | undefined };
    if (after === undefined || isAfter(place, after, sort)) found.push({ place, entry });
    if (sort === undefined && found.length > list.limit) break;
  }
  if (sort !== undefined) found.sort((a, b) => (isAfter(a.place, b.place, sort) ? 1 : -1));
  const page = found.slice(0, list.limit);
  const last = found.length > list.limit ? page.at(-1) : undefined;
  return {
    rows: page.map(({ entry }) => entry.row),
    next: last === undefined ? undefined : encodeCursor(last.place, sort),
  };
}

export function countRows(disk: MemoryDisk, count: CountVisibility): VisibilityCount {
  const { groupBy, groupsMax = Number.POSITIVE_INFINITY } = count;
  const valueOf = groupBy === undefined ? undefined : reader(groupBy);
  const groups = new Map<Scalar | undefined, VisibilityGroup>();
  let sum = 0;
  for (const { row } of entriesOf(disk, count, undefined)) {
    sum += 1;
    if (valueOf === undefined) continue;
    const value = valueOf(row) as Scalar | undefined;
    const known = groups.get(value);
    if (known !== undefined || groups.size <= groupsMax) groups.set(value, { value, count: (known?.count ?? 0) + 1 });
  }
  return { count: sum, groups: sortedGroups([...groups.values()]) };
}

/** What matches, in the default order, from the place on. */
function* entriesOf(
  disk: MemoryDisk,
  { namespace, kind, filter }: Pick<ListVisibility, "namespace" | "kind" | "filter">,
  from: VisibilityPosition | undefined,
): Generator<VisibilityEntry> {
  const matches = filter === undefined ? undefined : evaluate(filter);
  const start = from === undefined ? undefined : { ...from, row: undefined as never };
  for (const entry of disk.visibility.get(scopeKey(namespace, kind))?.from(start) ?? []) {
    if (matches === undefined || matches(entry.row)) yield entry;
  }
}
