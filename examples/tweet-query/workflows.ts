/**
 * A query: page after page from the search service, and everybody who asked the same hears of each.
 *
 * 1. The workflow's id is the query: while it runs nobody starts another, and its last result is the cache.
 * 2. `progressAfter` is a long poll: it answers as soon as there is more than the caller has seen.
 * 3. It ends only when every caller has been answered.
 */
import {
  allHandlersFinished,
  condition,
  defineQuery,
  defineUpdate,
  proxyActivities,
  setHandler,
} from "perdure/workflow";
import type { Activities } from "./activities.ts";
import type { Progress } from "./tweet.ts";

const PAGES_MAX = 5;

const { searchPage } = proxyActivities<Activities>({
  startToCloseTimeout: "2 seconds",
  retry: { initialInterval: "50 milliseconds", maximumInterval: "1 minute", maximumAttempts: 10 },
});

export const progressQuery = defineQuery<Progress>("progress");
export const progressAfterUpdate = defineUpdate<Progress, [pages: number]>("progressAfter");

export async function tweetQuery(query: string): Promise<Progress> {
  let progress: Progress = { pages: 0, tweets: [], isDone: false };
  setHandler(progressQuery, () => progress);
  setHandler(progressAfterUpdate, async (pages) => {
    await condition(() => progress.pages > pages || progress.isDone);
    return progress;
  });

  for (let page: number | undefined = 0; page !== undefined;) {
    const found: Awaited<ReturnType<Activities["searchPage"]>> = await searchPage(query, page);
    page = progress.pages + 1 < PAGES_MAX ? found.next : undefined;
    progress = {
      pages: progress.pages + 1,
      tweets: [...progress.tweets, ...found.tweets],
      isDone: page === undefined,
    };
  }
  await condition(allHandlersFinished);
  return progress;
}
