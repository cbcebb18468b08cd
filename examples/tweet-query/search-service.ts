/**
 * A search service, invented: `GET /search?q=…&page=…` takes its time, fails now and then, and wants a rest when it is
 * asked too often. What it finds depends on the query and the page only.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Ledger } from "../stage/ledger.ts";
import { listen } from "./http-server.ts";
import type { HttpServer } from "./http-server.ts";
import type { SearchPage } from "./tweet.ts";

export interface SearchOptions {
  /** `QUERY/PAGE` for every page that was given. */
  readonly answered: Ledger<string>;
  readonly port?: number;
  readonly latencyMs?: number;
}

const PAGES = 4;
const TWEETS_PER_PAGE = 3;
/** Every page of this number fails at the first asking. */
const FAILING_PAGE = 1;
/** With this word in the query, its last page is refused once: the service wants a rest. */
export const POPULAR = "popular";
export const REST_SECONDS = 30;

export async function startSearchService({ answered, port = 0, latencyMs = 0 }: SearchOptions): Promise<HttpServer> {
  const asked = new Set<string>();
  return listen(port, (request, response) => {
    const { searchParams } = new URL(request.url ?? "/", "http://search");
    const query = searchParams.get("q") ?? "";
    const page = Number(searchParams.get("page"));
    const key = `${query}/${page}`;
    const isFirst = !asked.has(key);
    asked.add(key);
    void pause(latencyMs).then(() => {
      if (query.includes("*")) return response.writeHead(400).end("no wildcards, please");
      if (isFirst && page === FAILING_PAGE) return response.writeHead(503).end();
      if (isFirst && page === PAGES - 1 && query.includes(POPULAR))
        return response.writeHead(429, { "retry-after": String(REST_SECONDS) }).end();
      answered.once(key, () => query);
      return response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(find(query, page)));
    });
  });
}

export function find(query: string, page: number): SearchPage {
  const tweets = Array.from({ length: TWEETS_PER_PAGE }, (_, i) => {
    const number = page * TWEETS_PER_PAGE + i + 1;
    return { id: `${query}-${number}`, text: `Tweet ${number} about ${query}` };
  });
  return page + 1 < PAGES ? { tweets, next: page + 1 } : { tweets };
}
