import { MeteringRow } from "../gen/messages.js";

/** What is wrong with a row of billable actions; undefined when nothing is. */
export function meteringFault(blob: Uint8Array): string | undefined {
  let row: MeteringRow;
  try {
    row = MeteringRow.decode(Uint8Array.from(blob));
  } catch (error) {
    return `it cannot be read: ${(error as Error).message}`;
  }
  if (row.counts.length === 0) return "it counts nothing";
  const wrong = row.counts.find(({ action, count }) => action === "" || !(count > 0));
  return wrong === undefined ? undefined : `it counts ${wrong.count} of ${JSON.stringify(wrong.action)}`;
}
