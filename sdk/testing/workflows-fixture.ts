import assert from "node:assert";
import { condition, defineSignal, executeChild, proxyActivities, setHandler, sleep } from "../workflow/index.ts";

export interface Activities {
  charge(order: string): Promise<string>;
  flaky(): Promise<number>;
  wait(ms: number): Promise<string>;
}

const { charge, flaky, wait } = proxyActivities<Activities>({
  startToCloseTimeout: "30 days",
  retry: { initialInterval: "1 hour", backoffCoefficient: 1 },
});

export async function sleeper(ms: number): Promise<number> {
  const start = Date.now();
  await sleep(ms);
  return Date.now() - start;
}

export async function order(id: string): Promise<string> {
  return charge(id);
}

export async function retrier(): Promise<number> {
  return flaky();
}

export async function family(id: string): Promise<string> {
  return `child said ${await executeChild(order, { args: [id] })}`;
}

export const poke = defineSignal("poke");

export async function listener(patienceMs: number): Promise<number> {
  let pokes = 0;
  setHandler(poke, () => void pokes++);
  await condition(() => pokes > 1, patienceMs);
  return pokes;
}

export async function race(timerMs: number, activityMs: number): Promise<string> {
  return Promise.race([sleep(timerMs).then(() => "timer"), wait(activityMs)]);
}

export async function assertive(): Promise<void> {
  assert.equal(1, 2, "one is not two");
}
