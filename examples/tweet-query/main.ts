/**
 * Three queries and four listeners. `--kill`: the server, the worker and the gateway are killed while pages come in, and
 * the listeners connect again, as browsers do.
 */
import { setTimeout as pause } from "node:timers/promises";
import { runScript, until } from "../stage/account.ts";
import type { Account } from "../stage/account.ts";
import { Ledger } from "../stage/ledger.ts";
import { freePorts, Program, serverProgram } from "../stage/program.ts";
import { listenTo } from "./listener.ts";
import type { ServerEvent } from "./listener.ts";
import { find } from "./search-service.ts";

const withCrash = process.argv.includes("--kill");
/** The first two share one search. */
const QUERIES = ["otters", " Otters", "lynxes", "badgers"];
const PAGES = 4;
const RECONNECT_MS = 300;

await runScript("tweet-query", async (account, folder) => {
  const [port = 0, searchPort = 0, webPort = 0] = await freePorts(3);
  const address = `127.0.0.1:${port}`;
  const url = `http://127.0.0.1:${webPort}`;
  const program = (file: string, args: readonly string[]): Program =>
    new Program({ file: new URL(file, import.meta.url), args, log: `${folder}/${file}.log` });
  const server = serverProgram({ port, folder });
  const search = program("service-program.ts", [folder, String(searchPort)]);
  const worker = program("worker.ts", [address, `http://127.0.0.1:${searchPort}`]);
  const gateway = program("web-program.ts", [address, String(webPort)]);
  await Promise.all([server.start(), search.start()]);
  await Promise.all([worker.start(), gateway.start()]);

  const heard: ServerEvent[][] = QUERIES.map(() => []);
  const listeners = Promise.all(
    QUERIES.map((query, i) => hear({ url, query, apiKey: `listener-${i}` }, heard[i] as ServerEvent[])),
  );
  account.say(`${QUERIES.length} listeners have asked`);
  if (withCrash) {
    await until(() => heard.filter(({ length }) => length >= 1).length === QUERIES.length);
    await Promise.all([server, worker, gateway].map((victim) => victim.kill()));
    const pages = heard.map((events) => events.at(-1)?.id).join(", ");
    account.say(`they have heard of ${pages} pages: SIGKILL to the server, the worker and the gateway`);
    await server.start();
    await Promise.all([worker.start(), gateway.start()]);
    account.say("all are back");
  }
  const breaks = (await listeners).reduce((sum, count) => sum + count, 0);
  account.say(`all listeners have heard the end; ${breaks} connections had to be made again`);

  const answered = (): number => {
    const { entries, repeats } = { entries: countOf(folder).entries(), repeats: countOf(folder).repeats() };
    return entries.size + [...repeats.values()].reduce((sum, count) => sum + count, 0);
  };
  const before = answered();
  account.say(`the search service has given ${before} pages for ${3 * PAGES} that are shown`);
  const again = await Array.fromAsync(listenTo({ url, query: "OTTERS" }));
  audit(account, heard, again);
  account.ask(
    "Was the service left alone when the same was asked again?",
    answered() === before ? [] : ["it was asked"],
  );
  return account.close("Every listener heard every page, in order.");
});

function countOf(folder: string): Ledger<string> {
  return new Ledger(`${folder}/answered.jsonl`);
}

/** Listens until the end, connecting again after each break. Returns how often it broke. */
async function hear(listening: { url: string; query: string; apiKey: string }, events: ServerEvent[]): Promise<number> {
  for (let breaks = 0; ; breaks++) {
    try {
      for await (const event of listenTo({ ...listening, lastEventId: events.at(-1)?.id ?? 0 })) {
        if (event.event === "failed") break;
        events.push(event);
      }
    } catch {
      // The gateway is gone; it will be back.
    }
    if (events.at(-1)?.event === "done") return breaks;
    await pause(RECONNECT_MS);
  }
}

function audit(account: Account, heard: readonly ServerEvent[][], again: readonly ServerEvent[]): void {
  account.ask(
    "Did every listener hear of pages in order, none twice, and of the end once?",
    heard.flatMap((events, i) => {
      const ids = events.map(({ id }) => id);
      const isOrdered = ids.every((id, at) => at === 0 || id > (ids[at - 1] as number));
      const ends = events.filter(({ event }) => event === "done").length;
      return isOrdered && ends === 1 && ids.at(-1) === PAGES ? [] : [`${QUERIES[i]}: ${ids.join()}`];
    }),
  );
  account.ask(
    "Is what they have at the end the whole?",
    heard.flatMap((events, i) => (events.at(-1)?.data === wholeOf(QUERIES[i] as string) ? [] : [QUERIES[i] as string])),
  );
  account.ask(
    "Was the same answer given at once when it was asked again?",
    again.length === 1 && again[0]?.data === wholeOf("otters") ? [] : [`${again.length} events`],
  );
}

function wholeOf(query: string): string {
  const pages = Array.from({ length: PAGES }, (_, page) => find(query.trim().toLowerCase(), page).tweets);
  return JSON.stringify(pages.flat());
}
