/** Fills a data folder with closed runs: copies, under other ids, of one that a server has run, through the store's bulk writer. */
import { timeOrderedUuid } from "../../base/index.ts";
import { slotOf } from "../../server/history/kernel/index.ts";
import { COPY_LANE, EMPTY_BATCH, readIdleFolderInBulk, writeSqliteInBulk } from "../../server/store/index.ts";
import type { Batch, EntityKey, LaneRow, StoredEntity } from "../../server/store/index.ts";

const BATCH = 500;

interface Source {
  readonly lanes: readonly LaneRow[];
  readonly run: StoredEntity;
}

export interface Fill {
  readonly folder: string;
  readonly runs: number;
  /** When the first of them began; the others follow at equal distances, until now. */
  readonly sinceMs: number;
  readonly nowMs: number;
  readonly onProgress?: (done: number) => void;
}

/** The folder's server is stopped; one of its runs has closed. */
export async function fillWithClosedRuns({ folder, runs, sinceMs, nowMs, onProgress }: Fill): Promise<void> {
  const { lanes, run } = await readSource(folder);
  const to = await writeSqliteInBulk(folder);
  try {
    const { epoch, nextId } = await to.store.openLane({ lane: COPY_LANE, slotFrom: 0, slotTo: 4096 });
    for (let done = 0, batchNo = 1; done < runs; done += BATCH, batchNo++) {
      const copies = Array.from({ length: Math.min(BATCH, runs - done) }, (_, i) =>
        copyOf(run, nextId + done + i, sinceMs + ((nowMs - sinceMs) * (done + i)) / runs),
      );
      const batch = { ...EMPTY_BATCH, ...rowsOf(copies), nextId: nextId + done + copies.length };
      const result = await to.store.commit({ lane: COPY_LANE, epoch, batchNo, batch });
      if (result.kind !== "committed") throw new Error(`a batch was not taken: ${result.kind}`, { cause: result });
      onProgress?.(done + copies.length);
    }
    await to.finish(lanes.map((lane) => ({ ...lane, nextId: nextId + runs })));
  } finally {
    await to.close();
  }
}

async function readSource(folder: string): Promise<Source> {
  const from = readIdleFolderInBulk(folder);
  try {
    const lanes = await from.lanes();
    for await (const run of from.entities(undefined)) {
      if (run.entity !== undefined && run.visibility?.closeTime !== undefined) return { lanes, run };
    }
    throw new Error(`${folder} has no closed run`);
  } finally {
    await from.close();
  }
}

function copyOf({ entity, visibility, history, parts }: StoredEntity, id: number, startMs: number): StoredEntity {
  if (entity === undefined || visibility === undefined) throw new Error("the run that is copied is whole");
  const businessId = `closed-${id}`;
  const runId = timeOrderedUuid(startMs, crypto.randomUUID());
  const key: EntityKey = { slot: slotOf(entity.namespace, businessId), id };
  const later = Math.round(startMs * 1_000) - visibility.startTime;
  return {
    key,
    entity: { ...entity, ...key, businessId, runId },
    parts,
    history,
    visibility: {
      ...visibility,
      ...key,
      workflowId: businessId,
      runId,
      rootWorkflowId: businessId,
      rootRunId: runId,
      startTime: visibility.startTime + later,
      executionTime: visibility.executionTime + later,
      closeTime: (visibility.closeTime ?? visibility.startTime) + later,
    },
    damage: [],
  };
}

function rowsOf(copies: readonly StoredEntity[]): Partial<Batch> {
  return {
    creates: copies.flatMap(({ entity }) => (entity === undefined ? [] : [entity])),
    parts: copies.flatMap(({ key, parts }) => parts.map((part) => ({ ...key, ...part }))),
    history: copies.flatMap(({ key, history }) => history.map((node) => ({ ...key, ...node }))),
    visibility: copies.flatMap(({ visibility }) => (visibility === undefined ? [] : [visibility])),
  };
}
