import { expect, test } from "vitest";
import { ManualTime } from "../../base/manual-time.fixture.ts";
import type { RunWork } from "../history/index.ts";
import { TimeKeeper } from "./time-keeper.ts";

const START_MS = Date.UTC(2030, 0, 1);
const HOUR_MS = 3600_000;
const DAY_MS = 24 * HOUR_MS;
const QUEUE = { namespace: 1, type: "workflow", name: "queue" } as const;
const IDLE: RunWork = { tasks: 0, activities: 0, waiting: [], isRunning: true, isLast: false };
const nobody = { onCancel: () => {} };

/** A keeper over executions that are due at given hours from the start, one after the other. */
class Scene {
  readonly real = new ManualTime(START_MS);
  readonly keeper = new TimeKeeper({ clock: this.real, timers: this.real });
  readonly fired: number[] = [];
  due: number[];
  hasPoller = false;
  isSettled = true;

  constructor(...dueHours: number[]) {
    this.due = dueHours.map((hours) => START_MS + hours * HOUR_MS);
    this.keeper.keep({
      nextDueAt: () => this.due[0],
      isSettled: () => this.isSettled,
      fireDueNow: () => this.fire(),
      hasPoller: () => this.hasPoller,
    });
  }

  fire(): void {
    while ((this.due[0] ?? Number.POSITIVE_INFINITY) <= this.keeper.clock.now()) {
      this.fired.push(((this.due.shift() as number) - START_MS) / HOUR_MS);
      this.keeper.onFiring();
      this.keeper.onFired();
    }
  }

  work(work: Partial<RunWork>): void {
    this.keeper.onWork(1, { ...IDLE, ...work });
  }

  /** Hours that the executions' clock is ahead, when everything that follows from what was done has happened. */
  skipped(): number {
    this.real.advance(0);
    return Math.round((this.keeper.clock.now() - this.real.now()) / HOUR_MS);
  }
}

test("time is locked at first, and goes from one due thing to the next when it is unlocked", () => {
  const scene = new Scene(1, 30, 100);
  expect(scene.skipped()).toBe(0);
  scene.keeper.unlock();
  expect(scene.skipped()).toBe(100);
  expect(scene.fired).toEqual([1, 30, 100]);
});

test.each([
  { name: "a workflow task at a worker", work: { tasks: 1 } },
  { name: "an activity at a worker", work: { activities: 1 } },
  { name: "a task that was just put into its queue", work: { waiting: [QUEUE] } },
])("$name holds time until it is done", ({ work }) => {
  const scene = new Scene(1);
  scene.work(work);
  scene.keeper.unlock();
  expect(scene.skipped()).toBe(0);
  scene.work({});
  expect(scene.skipped()).toBe(1);
});

test("what is decided but not committed holds time", () => {
  const scene = new Scene(1);
  scene.isSettled = false;
  scene.keeper.unlock();
  expect(scene.skipped()).toBe(0);
  scene.isSettled = true;
  scene.keeper.onSettled();
  expect(scene.skipped()).toBe(1);
});

test("what has fallen due holds time until it is handled", () => {
  const scene = new Scene(1);
  scene.keeper.onFiring();
  scene.keeper.unlock();
  expect(scene.skipped()).toBe(0);
  scene.keeper.onFired();
  expect(scene.skipped()).toBe(1);
});

test.each([
  { hasPoller: false, hours: 1 },
  { hasPoller: true, hours: 0 },
])("a task that waits for long is let go by when its queue is polled: $hasPoller", ({ hasPoller, hours }) => {
  const scene = new Scene(1);
  scene.hasPoller = hasPoller;
  scene.work({ waiting: [QUEUE] });
  scene.keeper.unlock();
  scene.skipped();
  scene.real.advance(10_000);
  expect(scene.skipped()).toBe(hours);
});

test("a sleeper's time comes in its turn, and with it the lock that it lent", async () => {
  const scene = new Scene(1, 30);
  const slept = scene.keeper.unlockUntil(START_MS + DAY_MS, nobody);
  expect(scene.skipped()).toBe(24);
  await slept;
  expect(scene.skipped()).toBe(24);
  expect(scene.fired).toEqual([1]);
});

test("an activity that sleeps lends the lock that it is", async () => {
  const scene = new Scene(100);
  scene.keeper.unlock();
  scene.work({ activities: 1 });
  const slept = scene.keeper.unlockUntil(START_MS + DAY_MS, nobody);
  expect(scene.skipped()).toBe(24);
  await slept;
  expect(scene.skipped()).toBe(24);
  scene.work({ tasks: 1, activities: 1 });
  void scene.keeper.unlockUntil(START_MS + 2 * DAY_MS, nobody);
  expect(scene.skipped()).toBe(24);
});

test("a sleep under another's lock takes its real time", async () => {
  const scene = new Scene();
  scene.keeper.lock();
  const slept = scene.keeper.unlockUntil(START_MS + HOUR_MS, nobody);
  expect(scene.skipped()).toBe(0);
  scene.real.advance(HOUR_MS);
  await slept;
  expect(scene.skipped()).toBe(0);
});

test("a caller who goes takes back what it lent", async () => {
  const scene = new Scene(100);
  scene.work({ tasks: 1 });
  let leave = (): void => {};
  const slept = scene.keeper.unlockUntil(START_MS + DAY_MS, { onCancel: (listener) => (leave = listener) });
  leave();
  await slept;
  scene.work({});
  expect(scene.skipped()).toBe(0);
});

test.each([
  ["to unlock", (keeper: TimeKeeper) => keeper.unlock()],
  ["to sleep unlocked", (keeper: TimeKeeper) => keeper.unlockUntil(START_MS + DAY_MS, nobody)],
])("%s is refused when nothing is locked", async (_name, act) => {
  const { keeper } = new Scene();
  keeper.unlock();
  await expect((async () => act(keeper))()).rejects.toMatchObject({ code: 9 });
});

test("after the end of an execution time stands, until a client locks or has had its chance", () => {
  const scene = new Scene(1, 2);
  scene.work({ tasks: 1 });
  scene.keeper.unlock();
  scene.work({ isRunning: false, isLast: true });
  expect(scene.skipped()).toBe(0);
  scene.keeper.lock();
  scene.real.advance(1_000);
  expect(scene.skipped()).toBe(0);
  scene.keeper.unlock();
  scene.real.advance(0);
  expect(scene.fired).toEqual([1, 2]);
});
