import { array, assert, asyncProperty, constantFrom, integer, nat, oneof, record } from "fast-check";
import type { Arbitrary } from "fast-check";
import { expect, test } from "vitest";

import { silentLog } from "../../base/index.ts";
import { createMatching } from "./create-matching.ts";
import { ManualTime } from "../../base/manual-time.fixture.ts";
import type { Matching, QueuedTask, TaskQueueId } from "./matching.ts";
import { SpillShelf } from "./spill-shelf.ts";
import type { ShelfMood } from "./spill-shelf.ts";
import { TestCall } from "./test-call.ts";

const QUEUES = 3;
const NOW = 1_900_000_000_000;
const RUNS = 150;

interface Steps {
  readonly add: { queue: number; priority: number; age: number; count: number };
  readonly query: { queue: number };
  readonly poll: { queue: number; waitMs: number; count: number };
  readonly cancel: { pick: number };
  readonly vanish: { pick: number };
  readonly putBack: { pick: number };
  readonly advance: { ms: number };
  readonly stall: { ms: number };
  readonly mood: { write: ShelfMood; read: "works" | "fails" };
  readonly hold: Record<never, never>;
  readonly release: Record<never, never>;
}

type Step = { [Kind in keyof Steps]: { readonly kind: Kind } & Steps[Kind] }[keyof Steps];

const queue = nat(QUEUES - 1);
const pick = nat(1_000);

function step<Kind extends keyof Steps>(
  weight: number,
  kind: Kind,
  fields: { [Field in keyof Steps[Kind]]: Arbitrary<Steps[Kind][Field]> },
): { weight: number; arbitrary: Arbitrary<Step> } {
  const arbitrary = record(fields).map((value) => ({ kind, ...value }) as unknown as Step);
  return { weight, arbitrary };
}

const anyStep = oneof(
  step(8, "add", {
    queue,
    priority: integer({ min: 1, max: 5 }),
    age: nat(50),
    count: integer({ min: 1, max: 12 }),
  }),
  step(1, "query", { queue }),
  step(6, "poll", { queue, waitMs: integer({ min: 1, max: 5_000 }), count: integer({ min: 1, max: 8 }) }),
  step(2, "cancel", { pick }),
  step(1, "vanish", { pick }),
  step(2, "putBack", { pick }),
  step(2, "advance", { ms: nat(3_000) }),
  step(1, "stall", { ms: nat(3_000) }),
  step(1, "mood", {
    write: constantFrom<ShelfMood>("works", "works", "fails", "unsure"),
    read: constantFrom<"works" | "fails">("works", "works", "fails"),
  }),
  step(1, "hold", {}),
  step(3, "release", {}),
);

interface Waiting {
  readonly task: QueuedTask;
  readonly arrival: number;
}

interface OpenPoll {
  readonly queue: number;
  readonly call: TestCall;
  readonly expiresAt: number;
}

/** What the outside can know of matching, and the checks against it. */
class World {
  readonly #time = new ManualTime(NOW);
  readonly #shelf = new SpillShelf();
  readonly #matching: Matching;
  /** Tasks that are owed to somebody, by queue and id. */
  readonly #waiting = Array.from({ length: QUEUES }, (): Map<number, Waiting> => new Map());
  readonly #handedOut: { queue: number; task: QueuedTask }[] = [];
  readonly #open: OpenPoll[] = [];
  readonly #violations: string[] = [];
  /** Nothing delays pages, so no live poll may be parked while a task waits. */
  #isCalm = true;
  #hasFailed = false;
  #nextTask = 1;
  #nextArrival = 1;
  #nextReturn = -1;

  constructor() {
    this.#matching = createMatching({
      clock: this.#time,
      timers: this.#time,
      log: silentLog,
      spill: { store: this.#shelf, tasksInMemoryMax: 12, tasksPerPage: 4 },
    });
  }

  get writes(): number {
    return this.#shelf.writes;
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const one of steps) {
      const times = "count" in one ? one.count : 1;
      for (let i = 0; i < times; i++) {
        this.#take(one);
        await this.#settle();
        await this.#check();
      }
    }
    await this.#drain();
    await this.#matching.close();
  }

  #take(one: Step): void {
    switch (one.kind) {
      case "add":
        return this.#add(one.queue, one.priority, one.age);
      case "query":
        return this.#addQuery(one.queue);
      case "poll":
        return this.#poll(one.queue, one.waitMs);
      case "cancel":
        return this.#open[one.pick % this.#open.length]?.call.cancel();
      case "vanish":
        return this.#open[one.pick % this.#open.length]?.call.vanish();
      case "putBack":
        return this.#putBack(one.pick);
      case "advance":
        return this.#time.advance(one.ms);
      case "stall":
        return this.#time.jump(one.ms);
      case "mood":
        this.#shelf.writeMood = one.write;
        this.#shelf.readMood = one.read;
        // After a failure there is a pause, so calm returns in the next run only.
        this.#hasFailed ||= one.write !== "works" || one.read !== "works";
        this.#isCalm &&= !this.#hasFailed;
        return;
      case "hold":
        this.#shelf.isHolding = true;
        this.#isCalm = false;
        return;
      case "release":
        this.#shelf.isHolding = false;
        this.#isCalm = !this.#hasFailed;
        return this.#shelf.release();
    }
  }

  #add(at: number, priority: number, age: number): void {
    const id = this.#nextTask++;
    const task = { slot: id % 4096, id, taskId: 5, stamp: 0, priority, scheduledAt: this.#time.now() - age };
    this.#waiting[at]?.set(id, { task, arrival: this.#nextArrival++ });
    this.#matching.add(queueId(at), task);
  }

  /** Priority 0 at time 0, so that the model's order puts queries first. */
  #addQuery(at: number): void {
    const id = this.#nextTask++;
    const task = { slot: 1, id, taskId: 0, stamp: 0, priority: 0, scheduledAt: 0, queryId: `q${id}` };
    this.#waiting[at]?.set(id, { task, arrival: this.#nextArrival++ });
    this.#matching.add(queueId(at), task);
  }

  #putBack(at: number): void {
    const [back] = this.#handedOut.splice(at % this.#handedOut.length, 1);
    if (back === undefined) return;
    this.#waiting[back.queue]?.set(back.task.id, { task: back.task, arrival: this.#nextReturn-- });
    this.#matching.putBack(queueId(back.queue), back.task);
  }

  #poll(at: number, waitMs: number): void {
    const poll: OpenPoll = { queue: at, call: new TestCall(), expiresAt: this.#time.now() + waitMs };
    this.#open.push(poll);
    void this.#matching
      .poll({
        queue: queueId(at),
        identity: `w${at}`,
        workerKey: "",
        since: this.#time.now(),
        expiresAt: poll.expiresAt,
        call: poll.call,
      })
      .then((task) => this.#answered(poll, task));
  }

  #answered(poll: OpenPoll, task: QueuedTask | undefined): void {
    this.#open.splice(this.#open.indexOf(poll), 1);
    const isDead = poll.call.cancelled || this.#time.now() >= poll.expiresAt;
    if (task === undefined) {
      if (!isDead) this.#violations.push("a live poll was answered empty");
      return;
    }
    if (isDead) this.#violations.push(`task ${task.id} went to a dead poll`);
    const waiting = this.#waiting[poll.queue] as Map<number, Waiting>;
    const owed = waiting.get(task.id);
    if (owed === undefined) {
      this.#violations.push(`task ${task.id} was handed out twice`);
      return;
    }
    expect(task).toEqual(owed.task);
    for (const other of waiting.values()) {
      if (compare(other, owed) < 0) this.#violations.push(`task ${task.id} overtook ${other.task.id}`);
    }
    waiting.delete(task.id);
    this.#handedOut.push({ queue: poll.queue, task });
  }

  async #check(): Promise<void> {
    expect(this.#violations).toEqual([]);
    for (const [at, waiting] of this.#waiting.entries()) {
      const tasks = Array.from(waiting.values(), ({ task }) => task).filter((task) => task.queryId === undefined);
      const oldest = Math.min(...tasks.map((task) => task.scheduledAt));
      const { backlogCount, backlogAgeMs } = await this.#matching.describe(queueId(at));
      expect(backlogCount).toBe(tasks.length);
      expect(backlogAgeMs).toBe(tasks.length === 0 ? 0 : this.#time.now() - oldest);
      const hasLivePoll = this.#open.some(
        (poll) => poll.queue === at && !poll.call.cancelled && poll.expiresAt > this.#time.now(),
      );
      if (this.#isCalm && hasLivePoll) expect(waiting.size).toBe(0);
    }
  }

  /** The store works again, and live polls get everything that is owed. */
  async #drain(): Promise<void> {
    this.#shelf.writeMood = this.#shelf.readMood = "works";
    this.#shelf.isHolding = false;
    this.#shelf.release();
    // Polls of before are over, and so are the pauses after failures.
    this.#time.advance(10_000);
    await this.#settle();
    expect(this.#open).toEqual([]);
    for (const [at, waiting] of this.#waiting.entries()) {
      for (let owed = waiting.size; owed > 0; owed--) {
        this.#poll(at, 1_000);
        await this.#settle();
      }
      await this.#check();
      expect(waiting.size).toBe(0);
    }
  }

  /** Lets everything go on that waits for nothing but promises. */
  async #settle(): Promise<void> {
    for (let i = 0; i < 60; i++) await Promise.resolve();
  }
}

function compare(a: Waiting, b: Waiting): number {
  return a.task.priority - b.task.priority || a.task.scheduledAt - b.task.scheduledAt || a.arrival - b.arrival;
}

function queueId(at: number): TaskQueueId {
  return { namespace: 1, type: "activity", name: `queue-${at}` };
}

test("every task is handed to exactly one live poll, in order, whatever polls and store do", async () => {
  let writes = 0;
  await assert(
    asyncProperty(array(anyStep, { minLength: 20, maxLength: 80, size: "max" }), async (steps) => {
      const world = new World();
      await world.run(steps);
      writes += world.writes;
    }),
    { numRuns: RUNS },
  );
  // Otherwise the law was tested in memory only.
  expect(writes).toBeGreaterThan(RUNS);
});
