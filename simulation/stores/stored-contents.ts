import { CorruptionError } from "../../server/store/index.ts";
import type { BulkReader, LaneRow } from "../../server/store/index.ts";

/** Everything that is stored, by name, in a form in which stores can be compared. */
export async function contentsOf(reader: BulkReader): Promise<ReadonlyMap<string, unknown>> {
  const contents = new Map<string, unknown>();
  for (const [lane, row] of lastEpochs(await reader.lanes())) contents.set(`lane ${lane}`, row);
  for await (const stored of reader.entities(undefined))
    contents.set(`entity ${stored.key.slot}/${stored.key.id}`, stored);
  for await (const row of reader.meta())
    if (row instanceof CorruptionError) contents.set(row.what, row.message);
    else contents.set(`registry entry ${row.key}`, row.blob);
  for await (const row of reader.metering())
    if (row instanceof CorruptionError) contents.set(row.what, row.message);
    else contents.set(`metering of ${row.lane}/${row.epoch}/${row.batchNo}`, row.blob);
  for await (const complaint of reader.complaints()) contents.set(`complaint: ${complaint}`, true);
  contents.set("count of entities", await reader.countEntities());
  return contents;
}

/** Of ended epochs stores keep more or fewer. */
function lastEpochs(rows: readonly LaneRow[]): Map<number, LaneRow> {
  const last = new Map<number, LaneRow>();
  for (const row of rows) if (row.epoch >= (last.get(row.lane)?.epoch ?? 0)) last.set(row.lane, row);
  return last;
}
