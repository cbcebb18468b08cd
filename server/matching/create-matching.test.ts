import { describe, expect, test } from "vitest";

import { MINUTE_MS, NOW, QUEUE, settle, setup, taskOf } from "./matching-scene.ts";

type World = ReturnType<typeof setup>;

interface Row {
  readonly name: string;
  readonly play: (world: World) => void;
  readonly answers: Record<string, number | string>;
}

const handOver: Row[] = [
  {
    name: "a task goes to the poll that waits longest",
    play: ({ matching, poll }) => {
      poll("first");
      poll("second");
      matching.add(QUEUE, taskOf(1));
    },
    answers: { first: 1 },
  },
  {
    name: "a poll takes a waiting task",
    play: ({ matching, poll }) => {
      matching.add(QUEUE, taskOf(1));
      poll("only");
    },
    answers: { only: 1 },
  },
  {
    name: "a task keeps all its fields while it waits",
    play: ({ matching, poll }) => {
      matching.add(QUEUE, taskOf(2 ** 45 + 1));
      poll("only");
    },
    answers: { only: 2 ** 45 + 1 },
  },
  {
    name: "priority comes before schedule time, schedule time before arrival",
    play: ({ matching, poll }) => {
      matching.add(QUEUE, taskOf(1, { priority: 5, scheduledAt: NOW - 9 }));
      matching.add(QUEUE, taskOf(2, { scheduledAt: NOW }));
      matching.add(QUEUE, taskOf(3, { scheduledAt: NOW }));
      matching.add(QUEUE, taskOf(4, { scheduledAt: NOW - 1 }));
      matching.add(QUEUE, taskOf(5, { priority: 1 }));
      for (const name of ["a", "b", "c", "d", "e"]) poll(name);
    },
    answers: { a: 5, b: 4, c: 2, d: 3, e: 1 },
  },
  {
    name: "a query goes before every ordinary task",
    play: ({ matching, poll }) => {
      matching.add(QUEUE, taskOf(1, { priority: 1 }));
      matching.add(QUEUE, taskOf(2, { queryId: "q1" }));
      matching.add(QUEUE, taskOf(3, { queryId: "q2" }));
      for (const name of ["a", "b", "c"]) poll(name);
    },
    answers: { a: "q1", b: "q2", c: 1 },
  },
  {
    name: "a removed query is not handed out",
    play: ({ matching, poll }) => {
      matching.add(QUEUE, taskOf(1, { queryId: "q1" }));
      matching.add(QUEUE, taskOf(2, { queryId: "q2" }));
      matching.removeQuery(QUEUE, "q1");
      poll("a");
      poll("b");
    },
    answers: { a: "q2" },
  },
  {
    name: "a task that is put back goes first again",
    play: ({ matching, poll }) => {
      matching.add(QUEUE, taskOf(1));
      matching.add(QUEUE, taskOf(2));
      matching.putBack(QUEUE, taskOf(3));
      poll("a");
    },
    answers: { a: 3 },
  },
  {
    name: "a query that is put back goes first again",
    play: ({ matching, poll }) => {
      matching.add(QUEUE, taskOf(1, { queryId: "q1" }));
      matching.putBack(QUEUE, taskOf(2, { queryId: "q2" }));
      poll("a");
      poll("b");
    },
    answers: { a: "q2", b: "q1" },
  },
  {
    name: "a task that is put back goes to a parked poll at once",
    play: ({ matching, poll }) => {
      poll("a");
      matching.putBack(QUEUE, taskOf(3));
    },
    answers: { a: 3 },
  },
  {
    name: "a cancelled poll is answered empty and takes no task",
    play: ({ matching, poll }) => {
      const call = poll("gone");
      poll("here");
      call.cancel();
      matching.add(QUEUE, taskOf(1));
      matching.add(QUEUE, taskOf(2));
    },
    answers: { gone: "empty", here: 1 },
  },
  {
    name: "a poll whose cancellation was not told yet takes no task either",
    play: ({ matching, poll }) => {
      const call = poll("gone");
      poll("here");
      call.vanish();
      matching.add(QUEUE, taskOf(1));
    },
    answers: { gone: "empty", here: 1 },
  },
  {
    name: "a cancellation after the answer changes nothing",
    play: ({ matching, poll }) => {
      const call = poll("first");
      matching.add(QUEUE, taskOf(1));
      call.cancel();
      matching.add(QUEUE, taskOf(2));
      poll("second");
    },
    answers: { first: 1, second: 2 },
  },
  {
    name: "a poll that has expired during a stall takes no task",
    play: ({ matching, poll, time }) => {
      poll("late", { waitMs: 1_000 });
      time.jump(1_000);
      matching.add(QUEUE, taskOf(1));
      poll("live");
    },
    answers: { late: "empty", live: 1 },
  },
  {
    name: "a poll is answered empty when it expires",
    play: ({ poll, time }) => {
      poll("short", { waitMs: 1_000 });
      poll("long", { waitMs: 2_000 });
      time.advance(1_050);
    },
    answers: { short: "empty" },
  },
  {
    name: "queues differ by namespace, type and name",
    play: ({ matching, poll }) => {
      poll("namespace", { queue: { ...QUEUE, namespace: 2 } });
      poll("type", { queue: { ...QUEUE, type: "workflow" } });
      poll("name", { queue: { ...QUEUE, name: "Orders" } });
      matching.add(QUEUE, taskOf(1));
    },
    answers: {},
  },
  {
    name: "cancelling the polls of an identity leaves the others parked",
    play: ({ matching, poll }) => {
      poll("a1", { identity: "a" });
      poll("b1", { identity: "b" });
      poll("a2", { identity: "a" });
      matching.cancelPolls(QUEUE, "a");
      matching.add(QUEUE, taskOf(1));
    },
    answers: { a1: "empty", a2: "empty", b1: 1 },
  },
  {
    name: "cancelling all polls of a queue answers each empty",
    play: ({ matching, poll }) => {
      poll("a");
      poll("b");
      matching.cancelPolls(QUEUE);
    },
    answers: { a: "empty", b: "empty" },
  },
  {
    name: "closing answers every poll empty, and later ones at once",
    play: ({ matching, poll }) => {
      poll("a");
      poll("b", { queue: { ...QUEUE, name: "other" } });
      void matching.close();
      matching.add(QUEUE, taskOf(1));
      poll("c");
    },
    answers: { a: "empty", b: "empty", c: "empty" },
  },
];

test.each(handOver)("$name", async ({ play, answers }) => {
  const world = setup();
  play(world);
  await settle();
  expect(world.answers).toEqual(answers);
  await world.matching.close();
  expect(world.time.timerCount).toBe(0);
});

describe("what a queue tells about itself", () => {
  test("pollers are listed for five minutes, latest first, with their limits", async () => {
    const { matching, poll, time } = setup();
    poll("early", { waitMs: 1_000 });
    time.advance(2 * MINUTE_MS);
    poll("late", { waitMs: 1_000, ratePerSecond: 12 });
    const { pollers } = await matching.describe(QUEUE);
    expect(pollers).toEqual([
      { identity: "late", lastAccessAt: NOW + 2 * MINUTE_MS, ratePerSecond: 12 },
      { identity: "early", lastAccessAt: NOW, ratePerSecond: undefined },
    ]);
    time.advance(3 * MINUTE_MS + 1);
    expect((await matching.describe(QUEUE)).pollers.map((poller) => poller.identity)).toEqual(["late"]);
  });

  test("the age of the backlog is that of its oldest task of any priority, in memory or in the store", async () => {
    const { matching, time } = setup({ tasksInMemoryMax: 4, tasksPerPage: 2 });
    for (let id = 1; id <= 20; id++) matching.add(QUEUE, taskOf(id, { scheduledAt: NOW + id }));
    matching.add(QUEUE, taskOf(21, { priority: 5, scheduledAt: NOW - 30 }));
    await settle();
    time.advance(10);
    const { backlogCount, backlogAgeMs } = await matching.describe(QUEUE);
    expect({ backlogCount, backlogAgeMs }).toEqual({ backlogCount: 21, backlogAgeMs: 40 });
  });

  test("the backlog is told by priority, in memory or in the store", async () => {
    const { matching, time, poll } = setup({ tasksInMemoryMax: 4, tasksPerPage: 2 });
    for (let id = 1; id <= 12; id++)
      matching.add(QUEUE, taskOf(id, { priority: 1 + (id % 3), scheduledAt: NOW + 100 - id }));
    await settle();
    time.advance(100);
    poll("a");
    await settle();
    const { byPriority, backlogAgeMs } = await matching.describe(QUEUE);
    expect(byPriority).toMatchObject([
      { priority: 1, backlogCount: 3, backlogAgeMs: 9 },
      { priority: 2, backlogCount: 4, backlogAgeMs: 10 },
      { priority: 3, backlogCount: 4, backlogAgeMs: 11 },
    ]);
    expect(backlogAgeMs).toBe(11);
  });

  test("queries are no backlog", async () => {
    const { matching } = setup();
    matching.add(QUEUE, taskOf(1, { queryId: "q" }));
    expect(await matching.describe(QUEUE)).toEqual({
      pollers: [],
      backlogCount: 0,
      backlogAgeMs: 0,
      byPriority: [],
      addedPerSecond: 0,
      handedOutPerSecond: 0,
      isLimited: false,
      workerRatePerSecond: undefined,
    });
  });

  test("tasks are counted once, whether they wait, are put back or leave at once", async () => {
    const { matching, poll } = setup();
    poll("a");
    for (let id = 1; id <= 3; id++) matching.add(QUEUE, taskOf(id));
    poll("b");
    matching.putBack(QUEUE, taskOf(1));
    await settle();
    const { addedPerSecond, handedOutPerSecond } = await matching.describe(QUEUE);
    expect({ addedPerSecond, handedOutPerSecond }).toEqual({ addedPerSecond: 3 / 30, handedOutPerSecond: 2 / 30 });
  });

  const WINDOW_MS = 10_000;
  test.each([
    ["never polled", () => {}, false],
    ["a parked poll", ({ poll }: World) => void poll("a"), true],
    [
      "a parked poll older than the window",
      ({ poll, time }: World) => {
        poll("a");
        time.advance(2 * WINDOW_MS);
      },
      true,
    ],
    [
      "a poll that left within the window",
      ({ poll, time }: World) => {
        poll("a", { waitMs: 1_000 });
        time.advance(WINDOW_MS);
      },
      true,
    ],
    [
      "a poll that left before the window",
      ({ poll, time }: World) => {
        poll("a", { waitMs: 1_000 });
        time.advance(2 * WINDOW_MS);
      },
      false,
    ],
    [
      "a cancelled worker",
      ({ poll, matching }: World) => {
        poll("a");
        matching.cancelPolls(QUEUE, "a");
      },
      false,
    ],
    [
      "another worker beside a cancelled one",
      ({ poll, matching }: World) => {
        poll("a");
        poll("b");
        matching.cancelPolls(QUEUE, "a");
      },
      true,
    ],
  ] satisfies [string, (world: World) => void, boolean][])("has a poller: %s", (_name, play, expected) => {
    const world = setup();
    play(world);
    expect(world.matching.hasPoller(QUEUE, WINDOW_MS)).toBe(expected);
  });

  test("asking creates no queue, and an unused queue is unloaded after five minutes", async () => {
    const { matching, poll, time } = setup();
    matching.hasPoller(QUEUE, 1);
    await matching.describe(QUEUE);
    matching.cancelPolls(QUEUE);
    matching.removeQuery(QUEUE, "q");
    expect(matching.queueCount).toBe(0);
    poll("a", { waitMs: MINUTE_MS });
    time.advance(MINUTE_MS + 4 * MINUTE_MS);
    expect(matching.queueCount).toBe(1);
    time.advance(2 * MINUTE_MS);
    expect(matching.queueCount).toBe(0);
    expect(time.timerCount).toBe(0);
  });

  test.each([
    ["a parked poll", ({ poll }: World) => void poll("a", { waitMs: 20 * MINUTE_MS })],
    ["a waiting task", ({ matching }: World) => matching.add(QUEUE, taskOf(1))],
    ["a waiting query", ({ matching }: World) => matching.add(QUEUE, taskOf(1, { queryId: "q" }))],
  ])("a queue with %s stays", (_name, play) => {
    const world = setup();
    play(world);
    world.time.advance(15 * MINUTE_MS);
    expect(world.matching.queueCount).toBe(1);
  });
});

describe("a backlog larger than memory", () => {
  const COUNT = 200;

  function fill({ matching }: World): void {
    for (let id = 1; id <= COUNT; id++) matching.add(QUEUE, taskOf(id, { scheduledAt: NOW + id }));
  }

  async function drain({ poll, answers, time }: World, count: number): Promise<(number | string | undefined)[]> {
    const order: (number | string | undefined)[] = [];
    for (let i = 0; i < count; i++) {
      poll(`p${i}`);
      await settle();
      if (answers[`p${i}`] === undefined) {
        time.advance(1_000);
        await settle();
      }
      order.push(answers[`p${i}`]);
    }
    return order;
  }

  const inOrder = Array.from({ length: COUNT }, (_, i) => i + 1);

  test("comes back in order, and the store is left empty", async () => {
    const world = setup({ tasksInMemoryMax: 32, tasksPerPage: 8 });
    fill(world);
    await settle();
    expect(world.shelf.count).toBeGreaterThan(10);
    expect(await drain(world, COUNT)).toEqual(inOrder);
    expect(world.shelf.count).toBe(0);
  });

  test("lets a task that sorts before the stored ones go before them", async () => {
    const world = setup({ tasksInMemoryMax: 32, tasksPerPage: 8 });
    fill(world);
    await settle();
    world.matching.add(QUEUE, taskOf(1_000, { scheduledAt: NOW - 1 }));
    world.matching.add(QUEUE, taskOf(1_001, { scheduledAt: NOW + 150 }));
    world.matching.add(QUEUE, taskOf(1_002, { scheduledAt: NOW + 150, priority: 5 }));
    const order = await drain(world, COUNT + 3);
    expect(order).toEqual([1_000, ...inOrder.slice(0, 150), 1_001, ...inOrder.slice(150), 1_002]);
  });

  test.each(["fails", "unsure"] as const)("is kept whole when the store's write %s, and spills later", async (mood) => {
    const world = setup({ tasksInMemoryMax: 32, tasksPerPage: 8 });
    world.shelf.writeMood = mood;
    fill(world);
    await settle();
    expect((await world.matching.describe(QUEUE)).backlogCount).toBe(COUNT);
    world.shelf.writeMood = "works";
    const writesBefore = world.shelf.writes;
    world.time.advance(1_000);
    await settle();
    expect(world.shelf.writes).toBeGreaterThan(writesBefore);
    expect(await drain(world, COUNT)).toEqual(inOrder);
  });

  test("waits out a store that cannot be read", async () => {
    const world = setup({ tasksInMemoryMax: 32, tasksPerPage: 8 });
    fill(world);
    await settle();
    world.shelf.readMood = "fails";
    for (let i = 0; i < COUNT; i++) world.poll(`p${i}`);
    await settle();
    world.time.advance(500);
    world.shelf.readMood = "works";
    world.time.advance(500);
    await settle();
    expect(inOrder.map((_, i) => world.answers[`p${i}`])).toEqual(inOrder);
  });

  test("serves a poll that waits for a page on its way to the store", async () => {
    const world = setup({ tasksInMemoryMax: 4, tasksPerPage: 2 });
    world.shelf.isHolding = true;
    for (let id = 1; id <= 5; id++) world.matching.add(QUEUE, taskOf(id));
    for (let i = 1; i <= 5; i++) world.poll(`p${i}`);
    await settle();
    expect(Object.keys(world.answers).length).toBeLessThan(5);
    world.shelf.isHolding = false;
    world.shelf.release();
    await settle();
    expect(world.answers).toEqual({ p1: 1, p2: 2, p3: 3, p4: 4, p5: 5 });
  });

  test("goes on without a page that the store has lost, and says so", async () => {
    const world = setup({ tasksInMemoryMax: 4, tasksPerPage: 2 });
    for (let id = 1; id <= 6; id++) world.matching.add(QUEUE, taskOf(id));
    await settle();
    world.shelf.clear();
    for (let i = 0; i < 6; i++) world.poll(`p${i}`);
    await settle();
    expect(world.errors.length).toBeGreaterThan(0);
    expect((await world.matching.describe(QUEUE)).backlogCount).toBe(0);
    world.matching.add(QUEUE, taskOf(7));
    await settle();
    expect(Object.values(world.answers)).toContain(7);
  });

  test("of many queues is taken from the largest", async () => {
    const world = setup({ tasksInMemoryMax: 64, tasksPerPage: 8 });
    for (let i = 0; i < 10; i++) {
      world.matching.add({ ...QUEUE, name: `small-${i}` }, taskOf(i));
    }
    fill(world);
    await settle();
    world.shelf.isHolding = true;
    for (let i = 0; i < 10; i++) world.poll(`s${i}`, { queue: { ...QUEUE, name: `small-${i}` } });
    await settle();
    expect(Object.keys(world.answers)).toHaveLength(10);
  });

  test("of queues too small to spill stays in memory without a search at each task", async () => {
    const world = setup({ tasksInMemoryMax: 16, tasksPerPage: 64 });
    for (let i = 0; i < 500; i++) world.matching.add({ ...QUEUE, name: `q-${i}` }, taskOf(i));
    await settle();
    expect(world.shelf.writes).toBe(0);
  });

  test("closing waits for the write under way", async () => {
    const world = setup({ tasksInMemoryMax: 4, tasksPerPage: 2 });
    world.shelf.isHolding = true;
    fill(world);
    let isClosed = false;
    void world.matching.close().then(() => {
      isClosed = true;
    });
    await settle();
    expect(isClosed).toBe(false);
    world.shelf.release();
    await settle();
    expect(isClosed).toBe(true);
    expect(world.time.timerCount).toBe(0);
  });
});
