import { proxyActivities } from "@temporalio/workflow";

const { work } = proxyActivities<{ work(): Promise<string> }>({ startToCloseTimeout: "10s" });

export async function traced(): Promise<string> {
  return work();
}
