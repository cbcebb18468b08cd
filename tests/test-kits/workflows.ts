import { sleep } from "@temporalio/workflow";

export async function nap(duration: string): Promise<string> {
  await sleep(duration as "1 day");
  return `slept for ${duration}`;
}
