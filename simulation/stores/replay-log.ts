/**
 * Puts what a seed asked its store to another store, in the same order, and compares every answer, then all that is stored.
 *
 * Reads that nothing stands between are asked at once, as the engine does. An opening that another one followed while it was
 * still in use (another process took the store) has nothing to say any more in the other store but this: its commits are fenced.
 */
import { inspect } from "node:util";
import type { CommitRequest, CommitResult, LaneOpened, Store } from "../../server/store/index.ts";
import { difference } from "./difference.ts";
import type { OtherStore } from "./other-stores.ts";
import { contentsOf } from "./stored-contents.ts";
import type { Answer, StoreCall, StoreLog, Verb } from "./store-log.ts";

const READS: ReadonlySet<Verb> = new Set<Verb>([
  "loadEntity",
  "findEntity",
  "readHistory",
  "readDue",
  "listVisibility",
  "countVisibility",
  "readByCloseTime",
  "readMeta",
  "readMetering",
  "countSpilledTasks",
]);
/** Reads that are under way at once. */
const READS_MAX = 16;

export interface Replayed {
  /** The first difference. */
  readonly violations: readonly string[];
  /** What is stored at the end, comparable between stores. */
  readonly contents: Awaited<ReturnType<typeof contentsOf>>;
}

export async function replayLog(log: StoreLog, other: OtherStore): Promise<Replayed> {
  await other.empty();
  const replay = new Replay(log, other);
  try {
    await replay.run();
  } finally {
    await replay.close();
  }
  const reader = await other.readInBulk();
  try {
    return { violations: replay.violations, contents: await contentsOf(reader) };
  } finally {
    await reader.close();
  }
}

class Replay {
  readonly violations: string[] = [];
  readonly #log: StoreLog;
  readonly #other: OtherStore;
  #store: Store | undefined;
  #opening = 0;
  /** Of the lanes that the open store has opened. */
  readonly #epochs = new Map<number, number>();

  constructor(log: StoreLog, other: OtherStore) {
    this.#log = log;
    this.#other = other;
  }

  async run(): Promise<void> {
    let reads: Promise<void>[] = [];
    for (const call of this.#log.calls) {
      const isRead = READS.has(call.verb) && call.opening === this.#opening;
      if (!isRead || reads.length >= READS_MAX) {
        await Promise.all(reads);
        reads = [];
      }
      if (this.violations.length > 0) return;
      if (call.verb === "open") await this.#open(call.opening);
      else if (isRead) reads.push(this.#ask(call, call.verb));
      else if (call.opening === this.#opening || this.#isFencedCommit(call)) await this.#ask(call, call.verb);
    }
    await Promise.all(reads);
  }

  async close(): Promise<void> {
    await this.#store?.close();
  }

  async #open(opening: number): Promise<void> {
    await this.#store?.close();
    this.#store = await this.#other.open();
    this.#opening = opening;
    this.#epochs.clear();
  }

  /** Whoever opened the lane since then is known to every store. */
  #isFencedCommit({ verb, args }: StoreCall): boolean {
    if (verb !== "commit") return false;
    const { lane, epoch } = args[0] as CommitRequest;
    return epoch < (this.#epochs.get(lane) ?? 0);
  }

  async #ask(call: StoreCall, verb: Exclude<Verb, "open">): Promise<void> {
    const ask = (this.#store as Store)[verb] as (...args: unknown[]) => Promise<unknown>;
    const answer: Answer = await ask.apply(this.#store, [...call.args]).then(
      (value) => ({ value }),
      (error: Error) => ({ error }),
    );
    if (verb === "openLane" && "value" in answer) {
      this.#epochs.set((call.args[0] as { lane: number }).lane, (answer.value as LaneOpened).epoch);
    }
    const [expected, found] = [comparable(verb, call.answer), comparable(verb, answer)];
    const where = difference(expected, found);
    if (where === undefined) return;
    this.violations.push(
      `${this.#other.name} answers ${verb}${show(call.args)} otherwise, at ${where || "all"}: ` +
        `${show(found)} instead of ${show(expected)}${inWords(answer)}`,
    );
  }
}

/** Without what stores may say in their own words. */
function comparable(verb: Verb, answer: Answer | undefined): unknown {
  if (answer === undefined) return "no answer";
  if ("error" in answer) return { error: answer.error.name };
  if (verb === "giveBackSpace") return "whether there is more";
  if (verb !== "commit") return answer.value;
  const result = answer.value as CommitResult;
  return "error" in result ? { kind: result.kind, error: result.error.name } : result;
}

/** What a store that failed says itself. */
function inWords(answer: Answer): string {
  const error = "error" in answer ? answer.error : (answer.value as { error?: Error } | undefined)?.error;
  return error === undefined ? "" : ` (${error.message})`;
}

export function show(value: unknown): string {
  const oneLine = { compact: true, breakLength: Number.POSITIVE_INFINITY };
  return inspect(value, { ...oneLine, depth: 8, maxArrayLength: 20, maxStringLength: 200 });
}
