/**
 * The law of fairness, against a model that knows only what went in and what came out: whatever comes, spills, is put back
 * or weighed anew, two keys that wait during the same time differ, in tasks each divided by their weight, by no more than
 * one task of each. And priorities go before each other strictly, tasks of a key as they came, each once.
 */
import type { Arbitrary } from "fast-check";
import { array, assert, asyncProperty, constantFrom, integer, nat, oneof, record } from "fast-check";
import { expect, test } from "vitest";
import { silentLog } from "../../base/index.ts";
import { createMatching } from "./create-matching.ts";
import { ManualTime } from "../../base/manual-time.fixture.ts";
import type { Matching, QueuedTask, TaskQueueId } from "./matching.ts";
import { SpillShelf } from "./spill-shelf.ts";
import { TestCall } from "./test-call.ts";

const QUEUE: TaskQueueId = { namespace: 1, type: "activity", name: "orders" };
const NOW = 1_900_000_000_000;
const KEYS = ["", "a", "b", "c"] as const;
const OWN_WEIGHTS = { "": 1, a: 1, b: 2, c: 0.5 } as const;
const ROUNDING = 1e-6;

const weight = constantFrom(0.25, 0.5, 1, 3, 5);
const steps = array(
  oneof(
    {
      weight: 5,
      arbitrary: record({
        kind: constantFrom("add" as const),
        key: constantFrom(...KEYS),
        priority: integer({ min: 2, max: 4 }),
        count: integer({ min: 1, max: 20 }),
      }),
    },
    {
      weight: 5,
      arbitrary: record({ kind: constantFrom("take" as const), count: integer({ min: 1, max: 25 }) }),
    },
    { weight: 1, arbitrary: record({ kind: constantFrom("putBack" as const) }) },
    {
      weight: 1,
      arbitrary: record({ kind: constantFrom("weigh" as const), key: constantFrom(...KEYS.slice(1)), weight }),
    },
    { weight: 1, arbitrary: record({ kind: constantFrom("pass" as const), ms: nat(50) }) },
  ),
  { minLength: 10, maxLength: 60, size: "max" },
);

/** What is known of one key in one priority. */
interface Account {
  readonly waiting: QueuedTask[];
  /** What it has had since it waits without a break, or since the weights changed. */
  had: { readonly at: number; readonly cost: number }[];
  since: number;
  /** The most that one of its tasks has ever cost: by that much it may be ahead from before. */
  costMax: number;
}

class World {
  readonly #time = new ManualTime(NOW);
  readonly shelf = new SpillShelf();
  readonly #matching: Matching;
  readonly #accounts = new Map<string, Account>();
  readonly #weights = new Map<string, number>();
  #nextId = 1;
  #turn = 0;
  #last: QueuedTask | undefined;

  constructor() {
    this.#matching = createMatching({
      clock: this.#time,
      timers: this.#time,
      log: silentLog,
      spill: { store: this.shelf, tasksInMemoryMax: 24, tasksPerPage: 4 },
    });
  }

  add(fairnessKey: string, priority: number): void {
    const id = this.#nextId++;
    const own = OWN_WEIGHTS[fairnessKey as keyof typeof OWN_WEIGHTS];
    const task: QueuedTask = {
      slot: 1,
      id,
      taskId: 5,
      stamp: 0,
      priority,
      scheduledAt: this.#time.now(),
      ...(fairnessKey === "" ? {} : { fairnessKey, fairnessWeight: own }),
    };
    const account = this.#account(fairnessKey, priority);
    if (account.waiting.length === 0) this.#beginAnew(account, fairnessKey);
    account.waiting.push(task);
    this.#matching.add(QUEUE, task);
  }

  async take(): Promise<boolean> {
    const task = await this.#matching.poll({
      queue: QUEUE,
      identity: "w",
      workerKey: "",
      since: this.#time.now(),
      expiresAt: this.#time.now() + 1_000,
      call: new TestCall(),
    });
    if (task === undefined) return false;
    this.#last = task;
    const key = task.fairnessKey ?? "";
    const account = this.#account(key, task.priority);
    expect(account.waiting.shift()?.id, "tasks of a key go as they came").toBe(task.id);
    for (const [place, other] of this.#accounts)
      if (Number(place[0]) < task.priority) expect(other.waiting, "the first priority goes first").toEqual([]);
    account.had.push({ at: ++this.#turn, cost: 1 / this.#weightOf(key) });
    this.#check(task.priority);
    return true;
  }

  putBack(): void {
    const task = this.#last;
    this.#last = undefined;
    if (task === undefined) return;
    const key = task.fairnessKey ?? "";
    const account = this.#account(key, task.priority);
    // What the task cost is taken back, as far as it cost something: from here on the key is compared anew.
    this.#beginAnew(account, key);
    account.waiting.unshift(task);
    this.#matching.putBack(QUEUE, task);
  }

  weigh(key: string, value: number): void {
    this.#weights.set(key, value);
    this.#last = undefined;
    this.#matching.configure(QUEUE, { weights: new Map(this.#weights) });
    for (const [place, account] of this.#accounts) {
      if (place.slice(1) !== key) continue;
      account.costMax = Math.max(account.costMax, 1 / value);
    }
    // From here on all are compared anew, each with what one task of it may have been ahead.
    for (const account of this.#accounts.values()) {
      account.since = this.#turn;
      account.had = [];
    }
  }

  pass(ms: number): void {
    this.#time.advance(ms);
  }

  async drain(): Promise<void> {
    while (this.#waitingCount() > 0) expect(await this.take()).toBe(true);
    expect((await this.#matching.describe(QUEUE)).backlogCount).toBe(0);
    await this.#matching.close();
  }

  async checkCounts(): Promise<void> {
    const { backlogCount, byPriority } = await this.#matching.describe(QUEUE);
    expect(backlogCount).toBe(this.#waitingCount());
    expect(byPriority.reduce((sum, one) => sum + one.backlogCount, 0)).toBe(backlogCount);
  }

  get waitingCount(): number {
    return this.#waitingCount();
  }

  #check(priority: number): void {
    const waiting = KEYS.map((key) => this.#account(key, priority)).filter((account) => account.waiting.length > 0);
    for (const one of waiting) {
      for (const other of waiting) {
        if (one === other) continue;
        const since = Math.max(one.since, other.since);
        const ahead = hadSince(one, since) - hadSince(other, since);
        expect(ahead, "no key gets ahead of another").toBeLessThanOrEqual(one.costMax + other.costMax + ROUNDING);
      }
    }
  }

  #waitingCount(): number {
    return Array.from(this.#accounts.values()).reduce((sum, { waiting }) => sum + waiting.length, 0);
  }

  #beginAnew(account: Account, key: string): void {
    account.since = this.#turn;
    account.had = [];
    account.costMax = Math.max(account.costMax, 1 / this.#weightOf(key));
  }

  #weightOf(key: string): number {
    return this.#weights.get(key) ?? OWN_WEIGHTS[key as keyof typeof OWN_WEIGHTS];
  }

  #account(key: string, priority: number): Account {
    const place = `${priority}${key}`;
    let account = this.#accounts.get(place);
    if (account === undefined) {
      account = { waiting: [], had: [], since: 0, costMax: 1 / this.#weightOf(key) };
      this.#accounts.set(place, account);
    }
    return account;
  }
}

function hadSince({ had }: Account, since: number): number {
  return had.reduce((sum, { at, cost }) => (at > since ? sum + cost : sum), 0);
}

type Steps = typeof steps extends Arbitrary<infer Value> ? Value : never;

/** While "" waits for its first task, c runs out far ahead of it: "" may not keep what c had. */
const RUNS_OUT_AHEAD: Steps = [
  { kind: "add", key: "", priority: 2, count: 1 },
  { kind: "add", key: "c", priority: 2, count: 2 },
  { kind: "add", key: "", priority: 3, count: 1 },
  { kind: "take", count: 3 },
  { kind: "add", key: "", priority: 2, count: 1 },
  { kind: "take", count: 1 },
  { kind: "add", key: "b", priority: 2, count: 3 },
  { kind: "add", key: "", priority: 2, count: 3 },
  { kind: "weigh", key: "a", weight: 0.25 },
  { kind: "take", count: 3 },
  { kind: "add", key: "", priority: 2, count: 2 },
  { kind: "take", count: 2 },
];

/** While b waits for its first task, "" runs out ahead of it: b is charged nothing for that. */
const WAITS_MEANWHILE: Steps = [
  { kind: "add", key: "c", priority: 4, count: 1 },
  { kind: "add", key: "", priority: 4, count: 1 },
  { kind: "add", key: "b", priority: 4, count: 3 },
  { kind: "add", key: "c", priority: 4, count: 2 },
  { kind: "take", count: 1 },
  { kind: "putBack" },
];

test("keys that wait get what their weights say, priorities go first, and nothing is lost", async () => {
  let writes = 0;
  await assert(
    asyncProperty(steps, async (all) => {
      const world = new World();
      for (const step of all) {
        if (step.kind === "add") for (let i = 0; i < step.count; i++) world.add(step.key, step.priority);
        else if (step.kind === "take")
          for (let i = Math.min(step.count, world.waitingCount); i > 0; i--) expect(await world.take()).toBe(true);
        else if (step.kind === "putBack") world.putBack();
        else if (step.kind === "weigh") world.weigh(step.key, step.weight);
        else world.pass(step.ms);
        await world.checkCounts();
      }
      await world.drain();
      writes += world.shelf.writes;
    }),
    { numRuns: 200, examples: [[RUNS_OUT_AHEAD], [WAITS_MEANWHILE]] },
  );
  // Otherwise the law was tested in memory only.
  expect(writes).toBeGreaterThan(200);
});
