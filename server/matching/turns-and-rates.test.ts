import { describe, expect, test } from "vitest";

import { KEYS_MAX } from "./fair-keys.ts";
import { NOW, QUEUE, settle, setup, taskOf } from "./matching-scene.ts";
import type { QueuedTask } from "./matching.ts";
import type { QueueSettings } from "./queue-settings.ts";

type World = ReturnType<typeof setup>;
type Fields = Partial<QueuedTask>;

const keyed = (fairnessKey: string, fairnessWeight?: number): Fields => ({ fairnessKey, fairnessWeight });
const repeat = (fields: Fields, count: number): Fields[] => Array.from({ length: count }, () => fields);

/** Adds a task for each, named by its place from 1 on, then takes all; the order in which they went. */
async function orderOf({ matching, poll, answers }: World, tasks: readonly Fields[]): Promise<unknown[]> {
  for (const [i, fields] of tasks.entries()) matching.add(QUEUE, taskOf(i + 1, fields));
  for (const i of tasks.keys()) poll(`p${i}`);
  await settle();
  return Array.from(tasks.keys(), (i) => answers[`p${i}`]);
}

interface Row {
  readonly what: string;
  readonly tasks: readonly Fields[];
  readonly settings?: QueueSettings;
  readonly order: readonly number[];
}

const turns: Row[] = [
  {
    what: "priorities, the first first",
    tasks: [5, 4, 3, 2, 1].map((priority) => ({ priority })),
    order: [5, 4, 3, 2, 1],
  },
  {
    what: "priorities beyond the five, as the last and the first",
    tasks: [9, 5, 0, 1, 100].map((priority) => ({ priority })),
    order: [3, 4, 1, 2, 5],
  },
  { what: "two keys, in turn", tasks: [...repeat(keyed("a"), 4), ...repeat(keyed("b"), 2)], order: [1, 5, 2, 6, 3, 4] },
  { what: "no key, which is a key", tasks: [...repeat({}, 3), ...repeat(keyed("b"), 2)], order: [1, 4, 2, 5, 3] },
  {
    what: "keys by the weights of their tasks",
    tasks: [...repeat(keyed("light"), 3), ...repeat(keyed("heavy", 2), 4)],
    order: [1, 4, 5, 2, 6, 7, 3],
  },
  {
    what: "keys by the queue's weights before those of tasks",
    tasks: [...repeat(keyed("light", 5), 3), ...repeat(keyed("heavy", 1), 4)],
    settings: {
      weights: new Map([
        ["light", 1],
        ["heavy", 2],
      ]),
    },
    order: [1, 4, 5, 2, 6, 7, 3],
  },
  {
    what: "priorities before keys",
    tasks: [...repeat({ ...keyed("a"), priority: 4 }, 2), ...repeat({ ...keyed("b"), priority: 2 }, 2)],
    order: [3, 4, 1, 2],
  },
  {
    what: "within a key the oldest first",
    tasks: [3, 1, 2].map((age) => ({ ...keyed("a"), scheduledAt: NOW - age })),
    order: [1, 3, 2],
  },
];

test.each(turns)("tasks go by $what", async ({ tasks, settings, order }) => {
  const world = setup();
  world.matching.configure(QUEUE, settings);
  expect(await orderOf(world, tasks)).toEqual(order);
});

describe("a key", () => {
  test("that comes late goes next, and gets nothing for the time it was away", async () => {
    const { matching, poll, answers } = setup();
    for (let id = 1; id <= 20; id++) matching.add(QUEUE, taskOf(id, keyed(id <= 10 ? "a" : "b")));
    for (let i = 0; i < 10; i++) poll(`early${i}`);
    await settle();
    for (let id = 101; id <= 104; id++) matching.add(QUEUE, taskOf(id, keyed("late")));
    for (let i = 0; i < 6; i++) poll(`p${i}`);
    await settle();
    const order = Array.from({ length: 6 }, (_, i) => Number(answers[`p${i}`]));
    // Within the first three, then every third.
    expect(order.slice(0, 3)).toContain(101);
    expect(order.filter((id) => id > 100)).toEqual([101, 102]);
  });

  test("that comes while a thousand wait is next but one", async () => {
    const { matching, poll, answers } = setup();
    for (let id = 1; id <= 2_000; id++) matching.add(QUEUE, taskOf(id, keyed(`key ${id % 1_000}`)));
    for (let i = 0; i < 1_500; i++) poll(`early${i}`);
    await settle();
    matching.add(QUEUE, taskOf(9_999, keyed("late")));
    poll("p1");
    poll("p2");
    await settle();
    expect([answers["p1"], answers["p2"]]).toContain(9_999);
  });

  test("that waits is not starved by ever new ones", async () => {
    const { matching, poll, answers } = setup();
    for (let id = 1; id <= 3; id++) matching.add(QUEUE, taskOf(id, keyed("old")));
    const went: unknown[] = [];
    for (let i = 0; i < 400; i++) {
      for (const id of [2 * i + 100, 2 * i + 101]) matching.add(QUEUE, taskOf(id, keyed(`new ${id}`)));
      poll(`p${i}`);
      await settle();
      went.push(answers[`p${i}`]);
    }
    expect([1, 2, 3].map((id) => went.indexOf(id) >= 0)).toEqual([true, true, true]);
  });

  test("that runs out and comes back is not ahead of those that waited", async () => {
    const { matching, poll, answers } = setup();
    for (let id = 1; id <= 6; id++) matching.add(QUEUE, taskOf(id, keyed("steady")));
    matching.add(QUEUE, taskOf(101, keyed("jumpy", 0.5)));
    poll("p1");
    poll("p2");
    await settle();
    expect([answers["p1"], answers["p2"]].toSorted()).toEqual([1, 101]);
    // One of its tasks counts as two of the other's.
    matching.add(QUEUE, taskOf(102, keyed("jumpy", 0.5)));
    for (let i = 3; i <= 6; i++) poll(`p${i}`);
    await settle();
    expect([3, 4, 5, 6].map((i) => answers[`p${i}`])).toEqual([2, 102, 3, 4]);
  });

  test("whose task is put back gets its turn again", async () => {
    const { matching, poll, answers } = setup();
    for (let id = 1; id <= 4; id++) matching.add(QUEUE, taskOf(id, keyed("a")));
    for (let id = 11; id <= 14; id++) matching.add(QUEUE, taskOf(id, keyed("b")));
    poll("p1");
    await settle();
    matching.putBack(QUEUE, taskOf(1, keyed("a")));
    for (let i = 2; i <= 4; i++) poll(`p${i}`);
    await settle();
    expect([1, 2, 3, 4].map((i) => answers[`p${i}`])).toEqual([1, 1, 11, 2]);
  });

  test("beyond as many as are told apart shares a place, and loses nothing", async () => {
    const { matching, poll, answers } = setup();
    const count = KEYS_MAX + 2_000;
    for (let id = 1; id <= count; id++) matching.add(QUEUE, taskOf(id, keyed(`key ${id}`)));
    expect((await matching.describe(QUEUE)).backlogCount).toBe(count);
    for (let i = 1; i <= count; i++) poll(`p${i}`);
    await settle();
    expect(new Set(Object.values(answers)).size).toBe(count);
    expect((await matching.describe(QUEUE)).backlogCount).toBe(0);
  });
});

/** Takes what goes within the time, by polls that wait; how many tasks have gone after each of the steps. */
async function flow({ matching, poll, time, answers }: World, steps: number, stepMs: number): Promise<number[]> {
  for (let i = 0; i < 100; i++) poll(`f${i}`, { waitMs: 600_000 });
  void matching;
  const gone: number[] = [];
  for (let i = 0; i < steps; i++) {
    await settle();
    gone.push(Object.keys(answers).length);
    time.advance(stepMs);
  }
  return gone;
}

describe("a rate", () => {
  test("lets tasks go evenly, whether they waited or come while polls wait", async () => {
    const world = setup();
    world.matching.configure(QUEUE, { ratePerSecond: 2 });
    for (let id = 1; id <= 4; id++) world.matching.add(QUEUE, taskOf(id));
    const gone = flow(world, 5, 500);
    for (let id = 5; id <= 8; id++) world.matching.add(QUEUE, taskOf(id));
    expect(await gone).toEqual([1, 2, 3, 4, 5]);
  });

  test("that a worker asks for counts until the queue has one of its own, and again after it", async () => {
    const { matching, poll, time, answers } = setup();
    for (let id = 1; id <= 900; id++) matching.add(QUEUE, taskOf(id));
    poll("a", { ratePerSecond: 1 });
    await settle();
    expect((await matching.describe(QUEUE)).workerRatePerSecond).toBe(1);
    const gone = async (): Promise<number> => {
      const before = Object.keys(answers).length;
      for (let i = 0; i < 50; i++) poll(`${before}/${i}`, { waitMs: 3_500 });
      time.advance(4_000);
      await settle();
      return Object.values(answers).filter((answer) => answer !== "empty").length;
    };
    expect(await gone()).toBe(1 + 3);
    matching.configure(QUEUE, { ratePerSecond: 1_000 });
    expect(await gone()).toBe(4 + 50);
    matching.configure(QUEUE, undefined);
    expect(await gone()).toBeLessThanOrEqual(54 + 5);
  });

  test("of zero lets nothing go, and its end lets all go at once", async () => {
    const { matching, poll, time, answers } = setup();
    matching.configure(QUEUE, { ratePerSecond: 0 });
    matching.add(QUEUE, taskOf(1));
    poll("a", { waitMs: 600_000 });
    time.advance(300_000);
    await settle();
    expect(answers).toEqual({});
    expect(await matching.describe(QUEUE)).toMatchObject({ backlogCount: 1, byPriority: [{ isLimited: false }] });
    poll("b", { waitMs: 600_000 });
    await settle();
    expect(await matching.describe(QUEUE)).toMatchObject({ isLimited: true, byPriority: [{ isLimited: true }] });
    matching.configure(QUEUE, undefined);
    await settle();
    expect(answers).toEqual({ a: 1 });
  });

  test("of keys holds back each by itself, times its weight", async () => {
    const world = setup();
    const { matching, answers } = world;
    matching.configure(QUEUE, { keyRatePerSecond: 1, weights: new Map([["fast", 3]]) });
    for (let id = 1; id <= 10; id++) matching.add(QUEUE, taskOf(id, keyed("slow")));
    for (let id = 101; id <= 110; id++) matching.add(QUEUE, taskOf(id, keyed("fast")));
    await flow(world, 4, 1_000);
    const gone = Object.values(answers).map(Number);
    expect(gone.filter((id) => id < 100).length).toBe(5);
    expect(gone.filter((id) => id > 100).length).toBeGreaterThanOrEqual(10);
  });

  test("of keys lets a later priority go while the keys of an earlier one wait", async () => {
    const { matching, poll, answers } = setup();
    matching.configure(QUEUE, { keyRatePerSecond: 1 });
    for (let id = 1; id <= 3; id++) matching.add(QUEUE, taskOf(id, { ...keyed("a"), priority: 1 }));
    matching.add(QUEUE, taskOf(9, { ...keyed("b"), priority: 5 }));
    poll("p1");
    poll("p2");
    await settle();
    expect(answers).toEqual({ p1: 1, p2: 9 });
  });

  test("does not count a task that is put back", async () => {
    const { matching, poll, answers } = setup();
    matching.configure(QUEUE, { ratePerSecond: 0.5, keyRatePerSecond: 0.5 });
    matching.add(QUEUE, taskOf(1, keyed("a")));
    poll("p1");
    await settle();
    matching.putBack(QUEUE, taskOf(1, keyed("a")));
    poll("p2");
    await settle();
    expect(answers).toEqual({ p1: 1, p2: 1 });
  });

  test("does not hold queries back", async () => {
    const { matching, poll, answers } = setup();
    matching.configure(QUEUE, { ratePerSecond: 0 });
    poll("p1");
    matching.add(QUEUE, taskOf(1, { queryId: "q" }));
    await settle();
    expect(answers).toEqual({ p1: "q" });
  });

  test("holds a clock that is set back no longer than one that is not", async () => {
    const { matching, poll, time, answers } = setup();
    matching.configure(QUEUE, { ratePerSecond: 10 });
    for (let id = 1; id <= 9; id++) matching.add(QUEUE, taskOf(id));
    poll("p1");
    await settle();
    time.jump(-3_600_000);
    poll("p2");
    poll("p3");
    time.advance(400);
    await settle();
    expect(Object.keys(answers)).toEqual(["p1", "p2", "p3"]);
  });

  test("leaves no timer behind when the server closes", async () => {
    const { matching, poll, time } = setup();
    matching.configure(QUEUE, { ratePerSecond: 0.001 });
    for (let id = 1; id <= 2; id++) matching.add(QUEUE, taskOf(id));
    poll("p1");
    poll("p2");
    await matching.close();
    expect(time.timerCount).toBe(0);
  });

  test("of a queue that nobody used for long is still there", async () => {
    const { matching, poll, time, answers } = setup();
    matching.configure(QUEUE, { ratePerSecond: 0 });
    matching.add(QUEUE, taskOf(1));
    matching.configure(QUEUE, { ratePerSecond: 1 });
    poll("p1");
    await settle();
    time.advance(3_600_000);
    expect(matching.queueCount).toBe(0);
    for (let id = 2; id <= 3; id++) matching.add(QUEUE, taskOf(id));
    poll("p2");
    poll("p3");
    await settle();
    expect(answers).toEqual({ p1: 1, p2: 2 });
  });
});

describe("a worker that is retired", () => {
  test("gets its polls answered, and others keep theirs", async () => {
    const { matching, poll, answers } = setup();
    poll("gone", { workerKey: "w1" });
    poll("stays", { workerKey: "w2" });
    matching.retireWorker("w1", [QUEUE]);
    matching.add(QUEUE, taskOf(1));
    await settle();
    expect(answers).toEqual({ gone: "empty", stays: 1 });
  });

  test("takes no task by a poll that comes in late, for a minute", async () => {
    const { matching, poll, time, answers } = setup();
    matching.add(QUEUE, taskOf(1));
    matching.retireWorker("w1", []);
    poll("late", { workerKey: "w1" });
    await settle();
    expect(answers).toEqual({ late: "empty" });
    time.advance(60_001);
    poll("later", { workerKey: "w1" });
    await settle();
    expect(answers).toEqual({ late: "empty", later: 1 });
  });
});

describe("a queue is abandoned", () => {
  test("when its last poll was given up, until another comes", () => {
    const { matching, poll } = setup();
    expect(matching.isAbandoned(QUEUE)).toBe(false);
    const first = poll("a");
    const second = poll("b");
    first.cancel();
    expect(matching.isAbandoned(QUEUE)).toBe(false);
    second.cancel();
    expect(matching.isAbandoned(QUEUE)).toBe(true);
    expect(matching.hasPoller(QUEUE, 10_000)).toBe(true);
    poll("c");
    expect(matching.isAbandoned(QUEUE)).toBe(false);
  });

  test("not when its last poll got a task or its time was over", async () => {
    const { matching, poll, time } = setup();
    poll("a");
    matching.add(QUEUE, taskOf(1));
    expect(matching.isAbandoned(QUEUE)).toBe(false);
    poll("b", { waitMs: 1_000 });
    time.advance(2_000);
    await settle();
    expect(matching.isAbandoned(QUEUE)).toBe(false);
  });
});

describe("a worker that sizes its number of polls hears", () => {
  const pollOf = (since: number) => ({
    queue: QUEUE,
    identity: "w",
    workerKey: "",
    since,
    expiresAt: since + 60_000,
    call: { cancelled: false, onCancel: () => {} },
  });

  test.each([
    { what: "one more, when its task waited and others do", waited: 200, others: 1, parked: 0, hint: 1 },
    { what: "nothing, when its task waited but no other does", waited: 200, others: 0, parked: 0, hint: 0 },
    { what: "nothing, when its task came at once", waited: 0, others: 1, parked: 0, hint: 0 },
    { what: "one less, when its poll waited long", waited: 0, others: 0, parked: 1_000, hint: -1 },
    { what: "one less, when it gets no task", waited: undefined, others: 0, parked: 60_000, hint: -1 },
  ])("$what", ({ waited, others, parked, hint }) => {
    const { matching, time } = setup();
    for (let id = 1; id <= others; id++) matching.add(QUEUE, taskOf(id));
    if (others === 0) matching.configure(QUEUE, {});
    const task = waited === undefined ? undefined : taskOf(100, { scheduledAt: time.now() - waited });
    void matching.poll({ ...pollOf(time.now()), queue: { ...QUEUE, name: "other" } });
    const asked = others === 0 ? { ...QUEUE, name: "other" } : QUEUE;
    expect(matching.scalingHint({ ...pollOf(time.now() - parked), queue: asked }, task)).toBe(hint);
  });

  test("ten times a second at most", () => {
    const { matching, time } = setup();
    for (let id = 1; id <= 100; id++) matching.add(QUEUE, taskOf(id));
    const hints = Array.from({ length: 50 }, () =>
      matching.scalingHint(pollOf(time.now()), taskOf(100, { scheduledAt: time.now() - 500 })),
    );
    const given = hints.reduce((sum, hint) => sum + hint, 0);
    expect(given).toBeGreaterThan(0);
    expect(given).toBeLessThanOrEqual(10);
  });
});
