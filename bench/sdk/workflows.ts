/** What our worker runs in the benches: one activity, nothing else. */
import { proxyActivities } from "../../sdk/workflow/index.ts";
import type * as activities from "../official/activities.ts";

const { greet } = proxyActivities<typeof activities>({ startToCloseTimeout: "1 minute" });

export async function greeting(name: string): Promise<string> {
  return greet(name);
}
