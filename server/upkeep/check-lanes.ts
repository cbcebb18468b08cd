/** Lanes and their metering rows: epochs and batches that were never begun have left nothing. */
import type { Finding } from "../history/index.ts";
import { meteringFault } from "../history/index.ts";
import { CorruptionError } from "../store/errors.ts";
import type { BulkReader, LaneRow } from "../store/index.ts";

export interface CheckedLanes {
  readonly lanes: readonly LaneRow[];
  /** The first id that no lane has given out. */
  readonly nextId: number;
  readonly findings: readonly Finding[];
}

export async function checkLanes(reader: BulkReader): Promise<CheckedLanes> {
  const lanes = await reader.lanes();
  const findings: Finding[] = [];
  const before = new Map<number, LaneRow>();
  let nextId = 1;
  for (const row of lanes) {
    const report = (problem: string): void => {
      findings.push({ kind: "lane", affected: nameOf(row), problem });
    };
    const { lane, epoch, batchNo } = row;
    const older = before.get(lane);
    if (epoch < 1) report(`its number is ${epoch}`);
    if (batchNo < 0) report(`its last batch has the number ${batchNo}`);
    if (row.nextId < 1) report(`its next id is ${row.nextId}`);
    if (older !== undefined && row.nextId < older.nextId)
      report(`its next id ${row.nextId} is below ${older.nextId}, that of epoch ${older.epoch}`);
    if (older !== undefined && epoch !== older.epoch + 1)
      report(`it follows epoch ${older.epoch}, as if there were none between them`);
    before.set(lane, row);
    nextId = Math.max(nextId, row.nextId);
  }
  return { lanes, nextId, findings };
}

export interface CheckedMetering {
  readonly rows: number;
  readonly findings: readonly Finding[];
}

export async function checkMetering(reader: BulkReader, lanes: readonly LaneRow[]): Promise<CheckedMetering> {
  const epochs = Map.groupBy(lanes, ({ lane }) => lane);
  const findings: Finding[] = [];
  let rows = 0;
  for await (const row of reader.metering()) {
    rows++;
    if (row instanceof CorruptionError) {
      const problem = row.message.slice(row.what.length + " is ".length);
      findings.push({ kind: "damaged-bytes", affected: row.what, problem });
      continue;
    }
    const problem = strayFault(row, epochs.get(row.lane) ?? []) ?? meteringFault(row.blob);
    const affected = `metering of lane ${row.lane}, epoch ${row.epoch}, batch ${row.batchNo}`;
    if (problem !== undefined) findings.push({ kind: "metering", affected, problem });
  }
  return { rows, findings };
}

/** Of ended epochs only the last ones are kept: what is older than all that are known cannot be told. */
function strayFault(
  { lane, epoch, batchNo }: { readonly lane: number; readonly epoch: number; readonly batchNo: number },
  epochs: readonly LaneRow[],
): string | undefined {
  const known = epochs.find((row) => row.epoch === epoch);
  if (known !== undefined)
    return batchNo <= known.batchNo ? undefined : `the last batch of this epoch has the number ${known.batchNo}`;
  const first = epochs[0];
  return first !== undefined && epoch < first.epoch ? undefined : `lane ${lane} never had this epoch`;
}

function nameOf({ lane, epoch }: LaneRow): string {
  return `epoch ${epoch} of lane ${lane}`;
}
