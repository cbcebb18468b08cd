/** Asks every store random queries over random executions and compares the answers with what the queries mean. */
import { seededRandom } from "../../base/index.ts";
import type { Random } from "../../base/index.ts";
import { InvalidQueryError, parseQuery, resolveQuery } from "../../server/visibility/index.ts";
import type { ResolvedQuery } from "../../server/visibility/index.ts";
import { EMPTY_BATCH } from "../../server/store/index.ts";
import type { Batch, Store } from "../../server/store/index.ts";
import type { AttributeType } from "../../server/store/visibility.ts";
import type { Execution } from "./random-rows.ts";
import { CUSTOM, randomExecution, rowOf } from "./random-rows.ts";
import type { RandomQuery, Sorting } from "./random-query.ts";
import { brokenText, order, randomQuery } from "./random-query.ts";

export interface FuzzOptions {
  readonly stores: readonly Store[];
  readonly seed: number;
  readonly count: number;
}

export interface Fuzzed {
  readonly queries: number;
  /** Of those that were broken on purpose. */
  readonly refused: number;
  /** Executions that queries found, to tell that they find any. */
  readonly found: number;
}

const EXECUTIONS = 60;
const QUERIES_PER_ROWS = 250;
/** Smaller pages only take longer. */
const PAGE_ROWS_MIN = 12;
const SCOPE = { namespace: 1, kind: 1 };
const registry = {
  typeOf: (name: string): AttributeType | undefined => CUSTOM[name]?.[0],
  fieldOf: (name: string): string => CUSTOM[name]?.[1] ?? name,
};

/** Throws at the first difference, with the query and the seed. */
export async function fuzz({ stores, seed, count }: FuzzOptions): Promise<Fuzzed> {
  const random = seededRandom(seed);
  const written = await Promise.all(stores.map(async (store) => new Written(store, await openLane(store))));
  const tally = { queries: 0, refused: 0, found: 0 };
  let nextId = 1;
  while (tally.queries < count) {
    const executions = Array.from({ length: EXECUTIONS }, (_, i) => randomExecution(random, nextId + i));
    nextId += EXECUTIONS;
    for (const one of written) await one.replace(executions, nextId);
    const last = Math.min(count, tally.queries + QUERIES_PER_ROWS);
    for (; tally.queries < last; tally.queries++) {
      if (random.next() < 0.3) tally.refused += (await askBroken(random, written, seed)) ? 0 : 1;
      else tally.found += await askMeant(random, written, { executions, seed });
    }
  }
  return tally;
}

async function openLane(store: Store): Promise<number> {
  return (await store.openLane({ lane: 0, slotFrom: 0, slotTo: 4096 })).epoch;
}

class Written {
  readonly store: Store;
  readonly #epoch: number;
  #batchNo = 0;
  #present: readonly Execution[] = [];

  constructor(store: Store, epoch: number) {
    this.store = store;
    this.#epoch = epoch;
  }

  /** Some rows are written twice, so that their indexes are changed. */
  async replace(executions: readonly Execution[], nextId: number): Promise<void> {
    const creates = executions.map(({ id, slot, values }) => ({
      id,
      slot,
      kind: 1,
      namespace: 1,
      businessId: values["WorkflowId"] as string,
      runId: values["RunId"] as string,
      state: new Uint8Array(1),
      dueAt: undefined,
    }));
    const before = executions.map((execution, i) => {
      const { values } = executions[(i + 1) % executions.length] as Execution;
      // An execution's ids never change.
      const { WorkflowId, RunId } = execution.values;
      return rowOf({ ...execution, values: { ...values, WorkflowId, RunId } });
    });
    await this.#commit({ creates, visibility: before, deletes: this.#present }, nextId);
    await this.#commit({ creates: [], visibility: executions.map(rowOf), deletes: [] }, nextId);
    this.#present = executions;
  }

  async #commit(batch: Pick<Batch, "creates" | "visibility" | "deletes">, nextId: number): Promise<void> {
    const request = {
      lane: 0,
      epoch: this.#epoch,
      batchNo: (this.#batchNo += 1),
      batch: { ...EMPTY_BATCH, ...batch, nextId },
    };
    const result = await this.store.commit(request);
    if (result.kind !== "committed") throw new Error(`commit answered ${result.kind}`, { cause: result });
  }
}

async function askMeant(
  random: Random,
  stores: readonly Written[],
  { executions, seed }: { executions: readonly Execution[]; seed: number },
): Promise<number> {
  const query = randomQuery(random);
  const limit = PAGE_ROWS_MIN + Math.floor(random.next() * (EXECUTIONS - PAGE_ROWS_MIN));
  const expected = meaning(query, executions);
  const resolved = resolve(query.text, query.groupBy === undefined ? "list" : "count");
  if (resolved instanceof InvalidQueryError) throw new Error(`seed ${seed}: ${query.text}: ${resolved.message}`);
  for (const { store } of stores) {
    const answer = await answerOf(store, resolved, limit);
    if (JSON.stringify(answer) === JSON.stringify(expected)) continue;
    throw new Error(
      `seed ${seed}, ${store.name}: ${query.text}\n  means ${JSON.stringify(expected)}\n  found ${JSON.stringify(answer)}`,
    );
  }
  return expected.count;
}

/** Whether the text was a query after all. */
async function askBroken(random: Random, stores: readonly Written[], seed: number): Promise<boolean> {
  const text = brokenText(random);
  const resolved = resolve(text, "list");
  if (resolved instanceof InvalidQueryError) return false;
  const answers = await Promise.all(stores.map(({ store }) => answerOf(store, resolved, EXECUTIONS)));
  const [first, ...others] = answers.map((answer) => JSON.stringify(answer));
  if (others.some((other) => other !== first))
    throw new Error(`seed ${seed}, stores differ: ${text}\n${answers.join("\n")}`);
  return true;
}

function resolve(text: string, operation: "list" | "count"): ResolvedQuery | InvalidQueryError {
  try {
    return resolveQuery(parseQuery(text), registry, { operation });
  } catch (error) {
    if (error instanceof InvalidQueryError) return error;
    throw new Error(`neither a query nor refused as one: ${text}`, { cause: error });
  }
}

interface Answer {
  readonly count: number;
  readonly ids: readonly number[];
  readonly groups: readonly string[];
}

/** All pages, and the count. */
async function answerOf(store: Store, { filter, sort, groupBy }: ResolvedQuery, limit: number): Promise<Answer> {
  const { count, groups } = await store.countVisibility({ ...SCOPE, filter, groupBy: groupBy?.field });
  const ids: number[] = [];
  let after: string | undefined;
  do {
    const { rows, next } = await store.listVisibility({ ...SCOPE, filter, sort, limit, after });
    ids.push(...rows.map(({ id }) => id));
    after = next;
  } while (after !== undefined && ids.length <= 2 * EXECUTIONS);
  return { count, ids, groups: groups.map((group) => `${String(group.value)}: ${group.count}`).sort() };
}

function meaning({ test, sort, groupBy }: RandomQuery, executions: readonly Execution[]): Answer {
  const found = executions.filter((execution) => test(execution) === true).sort((a, b) => comparePlaces(a, b, sort));
  const groups =
    groupBy === undefined ? [] : [...Map.groupBy(found, ({ values }) => groupName(groupBy, values[groupBy]))];
  return {
    count: found.length,
    ids: found.map(({ id }) => id),
    groups: groups.map(([name, { length }]) => `${name}: ${length}`).sort(),
  };
}

function groupName(name: string, value: unknown): string {
  const numbers = ["", "Running", "Completed", "Failed", "Canceled", "Terminated"];
  return String(name === "ExecutionStatus" ? numbers.indexOf(value as string) : value);
}

/** The sorted value, absent last; then open first, then the latest close, start and creation. */
function comparePlaces(a: Execution, b: Execution, sort: Sorting | undefined): number {
  if (sort !== undefined) {
    const [left, right] = [a.values[sort.name], b.values[sort.name]];
    if (left === undefined || right === undefined) {
      if (left !== right) return left === undefined ? 1 : -1;
    } else {
      const ascending = order(
        ...([left, right].map((one) => (typeof one === "boolean" ? Number(one) : one)) as [string, string]),
      );
      if (ascending !== 0) return sort.descending ? -ascending : ascending;
    }
  }
  const late = Number.MAX_SAFE_INTEGER;
  const places = [a, b].map(({ id, values }) => [Number(values["CloseTime"] ?? late), Number(values["StartTime"]), id]);
  const [first, second] = places as [number[], number[]];
  const at = first.findIndex((number, i) => number !== second[i]);
  return at === -1 ? 0 : (second[at] as number) - (first[at] as number);
}
