/**
 * One source, page after page, until it has no more.
 *
 * 1. A page is loaded before the next one is fetched; loaded twice, it is there once.
 * 2. Paused means: after the page that is under way, nothing is asked for until it is resumed.
 * 3. What became of it is seen from outside: by query for the numbers, by search attribute for lists.
 */
import {
  condition,
  defineQuery,
  defineSignal,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  sleep,
  upsertSearchAttributes,
} from "perdure/workflow";
import type { Activities } from "./activities.ts";
import { PHASE_KEY } from "./transaction.ts";
import type { Page, Progress, RawRecord, SourcePlan } from "./transaction.ts";

export const { fetchPage, toEuros, load } = proxyActivities<Activities>({
  startToCloseTimeout: "2 seconds",
  retry: { initialInterval: "100 milliseconds", maximumInterval: "1 minute" },
});
/** Quick and pure: they run within the workflow task. */
export const { normalisePage, validatePage } = proxyLocalActivities<Activities>({
  startToCloseTimeout: "2 seconds",
});

/** To the whole ingestion or to one source. */
export const pauseSignal = defineSignal("pause");
export const resumeSignal = defineSignal("resume");
export const progressQuery = defineQuery<Progress>("progress");

/** From raw records to the warehouse: what became of them. */
export type Steps = (source: string, records: readonly RawRecord[]) => Promise<{ loaded: number; rejected: number }>;

export async function ingestFrom({ source, pageEveryMs }: SourcePlan, steps: Steps): Promise<Progress> {
  let progress: Progress = { source, phase: "running", pages: 0, loaded: 0, rejected: 0 };
  let isPaused = false;
  setHandler(progressQuery, () => progress);
  setHandler(pauseSignal, () => void (isPaused = true));
  setHandler(resumeSignal, () => void (isPaused = false));

  function enter(phase: Progress["phase"]): void {
    progress = { ...progress, phase };
    upsertSearchAttributes([{ key: PHASE_KEY, value: phase }]);
  }

  enter("running");
  for (let cursor: number | undefined = 0; cursor !== undefined;) {
    if (isPaused) {
      enter("paused");
      await condition(() => !isPaused);
      enter("running");
    }
    const { records, next }: Page = await fetchPage(source, cursor);
    const { loaded, rejected } = await steps(source, records);
    progress = {
      ...progress,
      pages: progress.pages + 1,
      loaded: progress.loaded + loaded,
      rejected: progress.rejected + rejected,
    };
    if (next !== undefined) await sleep(pageEveryMs);
    cursor = next;
  }
  enter("done");
  return progress;
}
