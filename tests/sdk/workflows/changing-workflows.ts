import { deprecatePatch, patched, proxyActivities, proxyLocalActivities, sleep } from "@temporalio/workflow";
import type * as activities from "../activities.ts";

const { echo } = proxyActivities<typeof activities>({ startToCloseTimeout: "10s" });
const local = proxyLocalActivities<typeof activities>({ startToCloseTimeout: "10s" });

export async function asksForPatches(): Promise<unknown[]> {
  const answers: unknown[] = [patched("first"), patched("first")];
  await sleep(1);
  answers.push(patched("second"), await local.echo("x"), patched("third"));
  answers.push(patched("first"), await echo("y"));
  return answers;
}

export async function deprecatesPatches(): Promise<string> {
  deprecatePatch("old");
  await sleep(1);
  deprecatePatch("older");
  deprecatePatch("old");
  return echo("z");
}

/** The recorder runs the first half with other code; a replay finds no marker for the patch and takes the old way. */
export async function patchedLater(): Promise<unknown[]> {
  const results: unknown[] = [];
  for (let i = 0; i < 3; i++) {
    results.push(patched(`each-${i}`));
    await sleep(1);
  }
  return results;
}
