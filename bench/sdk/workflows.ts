/** What our worker runs in the benches. */
import { condition, proxyActivities, sleep } from "../../sdk/workflow/index.ts";
import type * as activities from "../official/activities.ts";

const { greet } = proxyActivities<typeof activities>({ startToCloseTimeout: "1 minute" });

/** One activity, nothing else. */
export async function greeting(name: string): Promise<string> {
  return greet(name);
}

/** Activities one after another. */
export async function greetings(count: number): Promise<number> {
  for (let i = 0; i < count; i++) await greet("x");
  return count;
}

/** Waits for ever. */
export async function waiting(): Promise<void> {
  await sleep("365 days");
  await condition(() => false);
}
