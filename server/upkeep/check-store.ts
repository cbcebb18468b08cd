/** Every invariant of what is stored, from the database's own pages to the pending work of each run. */
import { EntityCheck } from "../history/index.ts";
import type { Finding } from "../history/index.ts";
import type { BulkReader } from "../store/index.ts";
import { checkLanes, checkMetering } from "./check-lanes.ts";
import { checkRegistry } from "./check-registry.ts";
import { breathe } from "./progress.ts";
import type { Supervision } from "./progress.ts";

/** So many runs between two looks at the clock and at signals. */
const RUNS_PER_BREATH = 256;

export interface CheckAccount {
  readonly runs: number;
  readonly events: number;
  readonly registryEntries: number;
  readonly meteringRows: number;
  readonly findings: number;
}

export interface CheckOptions extends Supervision {
  /** Told of each finding at once: there may be more than fit into memory. */
  readonly found: (finding: Finding) => void;
}

export async function checkStore(reader: BulkReader, options: CheckOptions): Promise<CheckAccount> {
  let count = 0;
  const found = (findings: readonly Finding[]): void => {
    count += findings.length;
    for (const finding of findings) options.found(finding);
  };
  const registry = await checkRegistry(reader);
  found(registry.findings);
  const lanes = await checkLanes(reader);
  found(lanes.findings);
  const { runs, events } = await checkEntities(reader, { ...options, registry, nextId: lanes.nextId, tell: found });
  const metering = await checkMetering(reader, lanes.lanes);
  found(metering.findings);
  await breathe(options, { step: "checking the database's pages and indexes", done: 0, all: undefined });
  for await (const problem of reader.complaints()) found([{ kind: "database", affected: reader.place, problem }]);
  return { runs, events, registryEntries: registry.entries, meteringRows: metering.rows, findings: count };
}

async function checkEntities(
  reader: BulkReader,
  options: Supervision & {
    readonly registry: Awaited<ReturnType<typeof checkRegistry>>;
    readonly nextId: number;
    readonly tell: (findings: readonly Finding[]) => void;
  },
): Promise<{ runs: number; events: number }> {
  const { registry, nextId, tell } = options;
  const check = new EntityCheck({ namespaces: registry.namespaces, nextId });
  const all = await reader.countEntities();
  let [seen, runs, events] = [0, 0, 0];
  for await (const stored of reader.entities(undefined)) {
    if (seen++ % RUNS_PER_BREATH === 0) await breathe(options, { step: "checking runs", done: runs, all });
    if (stored.entity !== undefined) runs++;
    const checked = check.check(stored);
    events += checked.events;
    tell(checked.findings);
  }
  tell(check.finish());
  return { runs, events };
}
