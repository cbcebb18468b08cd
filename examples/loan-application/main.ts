/**
 * The web application on http://127.0.0.1:8080, with its worker and server: try it in a browser. `--kill`: five
 * applications through the web form, and the web, the worker and the server are killed while people decide.
 */
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { Client, Connection } from "perdure/client";
import { runScript } from "../stage/account.ts";
import type { Account } from "../stage/account.ts";
import { freePorts, Program, serverProgram } from "../stage/program.ts";
import { skipTime } from "../stage/skip-time.ts";
import { openLedgers } from "./activities.ts";
import type { LoanState } from "./loan.ts";
import type { loanApplication } from "./workflows.ts";

const withCrash = process.argv.includes("--kill");
const WEB_PORT = 8080;

const EXPECTED: Readonly<Record<string, LoanState["phase"]>> = {
  "loan-1": "paid out",
  "loan-2": "declined",
  "loan-3": "paid out", // Decided in the moment of the crash, and sent again.
  "loan-4": "paid out", // Decided after it.
  "loan-5": "expired", // Nobody cares.
};
const ids = Object.keys(EXPECTED);

await runScript("loan-application", async (account, folder) => {
  const [port = 0, freePort = 0] = await freePorts(2);
  const webPort = withCrash ? freePort : WEB_PORT;
  const address = `127.0.0.1:${port}`;
  const server = serverProgram({ port, folder });
  const worker = program("worker.ts", folder, [address, folder]);
  const web = program("web-program.ts", folder, [address, String(webPort)]);
  const start = () => server.start().then(() => Promise.all([worker.start(), web.start()]));
  await start();
  const url = `http://127.0.0.1:${webPort}`;
  account.say(`the web application is on ${url}`);
  if (!withCrash) await once(process, "SIGINT").then(() => process.exit(0));

  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  const decide = (id: string, verdict: string) =>
    post(`${url}/applications/${id}/decision`, {
      token: `token-${id}`,
      reviewer: "Grace",
      verdict,
      reason: "too much",
    });

  for (const id of ids) await post(`${url}/applications`, { id, applicant: "Ada", euros: "900", incomeEuros: "30000" });
  for (const id of ids) await shows(`${url}/applications/${id}`, "waiting for review");
  await decide("loan-1", "approve");
  account.say("five applications came in, one is approved");

  const lost = decide("loan-3", "approve").catch(() => 0);
  await Promise.all([server, worker, web].map((victim) => victim.kill()));
  account.say(
    `SIGKILL to the server, the worker and the web, while loan-3 is approved (answer: ${(await lost) || "none"})`,
  );
  await start();
  account.say("all are back");

  const again = await decide("loan-3", "approve");
  account.say(`the approval of loan-3 is sent again: ${again}`);
  await Promise.all([decide("loan-2", "decline"), decide("loan-4", "approve")]);
  await skipTime(connection, "loan-5");
  account.say("two more are decided; two weeks go by for loan-5");
  const states = await Promise.all(ids.map((id) => client.workflow.getHandle<typeof loanApplication>(id).result()));
  audit(account, states, folder);
  return account.close("Every application ended exactly as it should.");
});

function program(file: string, folder: string, args: readonly string[]): Program {
  return new Program({ file: new URL(file, import.meta.url), args, log: `${folder}/${file}.log` });
}

async function post(url: string, fields: Readonly<Record<string, string>>): Promise<number> {
  const response = await fetch(url, { method: "POST", body: new URLSearchParams(fields), redirect: "manual" });
  return response.status;
}

async function shows(url: string, text: string): Promise<void> {
  while (!(await (await fetch(url)).text()).includes(text)) await pause(20);
}

function audit(account: Account, states: readonly LoanState[], folder: string): void {
  const { payouts, mails } = openLedgers(folder);
  const repeats = [payouts, mails].flatMap((ledger) => [...ledger.repeats().values()]);
  account.say(`all have ended; ${repeats.reduce((sum, n) => sum + n, 0)} payments or letters were asked for again`);
  const wrong = states.filter(({ application: { id }, phase }) => phase !== EXPECTED[id]);
  account.ask(
    "Did every application end as it should?",
    wrong.map(({ application: { id }, phase }) => `${id}: ${phase} instead of ${EXPECTED[id]}`),
  );
  account.ask(
    "Was money paid out for the approved ones, and for no other?",
    ids.filter((id) => (payouts.get(id) !== undefined) !== (EXPECTED[id] === "paid out")),
  );
  account.ask(
    "Did every applicant get one letter?",
    ids.filter((id) => mails.get(`${id}/letter`) === undefined),
  );
  const reminders = [...mails.entries().keys()].filter((key) => key.startsWith("loan-5/reminder")).length;
  account.ask("Were the reviewers reminded of loan-5 four times?", reminders === 4 ? [] : [`${reminders} times`]);
}
