import { systemTimers } from "../base/index.ts";
import { readMemoryInBulk } from "../server/store/memory/memory-bulk.ts";
import { checkStore } from "../server/upkeep/check-store.ts";
import type { World } from "./world.ts";

/** What is on the disk contradicts itself nowhere, at whatever moment: the operator's check finds nothing. */
export async function checkStored(world: World, violations: string[]): Promise<void> {
  await checkStore(readMemoryInBulk(world.disk), {
    report: () => {},
    signal: new AbortController().signal,
    // The check takes no part in the seed's time.
    timers: { ...systemTimers, immediate: queueMicrotask },
    found: ({ kind, affected, problem }) =>
      violations.push(`stored at ${world.time.now()}: ${kind}: ${affected}: ${problem}`),
  });
}
