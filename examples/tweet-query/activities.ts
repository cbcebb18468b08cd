/** The call of the search service. */
import { ApplicationFailure, Context } from "perdure/activity";
import type { SearchPage } from "./tweet.ts";

export type Activities = ReturnType<typeof createActivities>;

export function createActivities(searchUrl: string) {
  return {
    async searchPage(query: string, page: number): Promise<SearchPage> {
      const response = await fetch(`${searchUrl}/search?${new URLSearchParams({ q: query, page: String(page) })}`, {
        signal: Context.current().cancellationSignal,
      });
      if (response.status === 429)
        // The service says when: the next try is then, and not when the retry policy has it.
        throw ApplicationFailure.create({
          message: "the search service wants a rest",
          nextRetryDelay: Number(response.headers.get("retry-after")) * 1_000,
        });
      if (response.status === 400) throw ApplicationFailure.nonRetryable(await response.text(), "BadQuery");
      if (response.status !== 200) throw new Error(`the search service answered ${response.status}`);
      return (await response.json()) as SearchPage;
    },
  };
}
