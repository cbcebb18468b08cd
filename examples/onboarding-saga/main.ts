/** Twenty-one customers are onboarded. `--kill`: the server and the worker are killed twice on the way. */
import { setTimeout as pause } from "node:timers/promises";
import { Client, Connection } from "perdure/client";
import { runScript, until } from "../stage/account.ts";
import type { Account } from "../stage/account.ts";
import { freePorts, Program, serverProgram } from "../stage/program.ts";
import { openJournal } from "./activities.ts";
import { PRODUCT_WITH_KEY } from "./customer.ts";
import type { Onboarded } from "./customer.ts";
import { CUSTOMERS } from "./customers.ts";
import type { Expected } from "./customers.ts";
import { keyHandedOverSignal, onboardCustomer } from "./workflows.ts";

const withCrash = process.argv.includes("--kill");

/** Three of each kind. */
const everyone: readonly Expected[] = CUSTOMERS.flatMap(({ customer, ...expected }) =>
  [1, 2, 3].map((n) => ({ ...expected, customer: { ...customer, id: `${customer.id}-${n}` } })),
);
/** Needs a key, which it gets after the crash. */
const WITH_KEY: Expected = {
  customer: { ...(CUSTOMERS[0] as Expected).customer, id: "bank", products: ["crm", PRODUCT_WITH_KEY] },
  journal: [...(CUSTOMERS[0] as Expected).journal.slice(0, -1), `${PRODUCT_WITH_KEY} granted`, "welcomed"],
};
const all = [WITH_KEY, ...everyone];

await runScript("onboarding-saga", async (account, folder) => {
  const [port = 0] = await freePorts(1);
  const address = `127.0.0.1:${port}`;
  const server = serverProgram({ port, folder });
  const worker = new Program({
    file: new URL("worker.ts", import.meta.url),
    args: [address, folder],
    log: `${folder}/worker.log`,
  });
  await server.start();
  await worker.start();

  const client = new Client({ connection: await Connection.connect({ address }) });
  const handles = await Promise.all(
    all.map(({ customer }) =>
      client.workflow.start(onboardCustomer, { taskQueue: "onboarding", workflowId: customer.id, args: [customer] }),
    ),
  );
  account.say(`${handles.length} customers are being onboarded`);
  const outcomes = Promise.all(handles.map((handle) => handle.result()));

  const deeds = () => openJournal(folder).entries().size;
  for (const after of withCrash ? [20, 70] : []) {
    await until(() => deeds() >= after);
    await Promise.all([server.kill(), worker.kill()]);
    account.say(`${deeds()} deeds are done: SIGKILL to the server and the worker`);
    await server.start();
    await worker.start();
    account.say("both are back");
  }
  await until(() => openJournal(folder).get("bank/crm granted") !== undefined);
  await handOverKey(client);
  account.say("the bank has fetched its key");

  audit(account, await outcomes, folder);
  return account.close("Every customer is onboarded as a whole or not at all.");
});

async function handOverKey(client: Client): Promise<void> {
  const child = client.workflow.getHandle(`bank/access/${PRODUCT_WITH_KEY}`);
  while (!(await child.describe().then(Boolean, () => false))) await pause(20);
  await child.signal(keyHandedOverSignal);
}

function audit(account: Account, outcomes: readonly Onboarded[], folder: string): void {
  const journal = openJournal(folder);
  const welcome = outcomes.filter(({ kind }) => kind === "welcome").length;
  const repeats = [...journal.repeats().values()].reduce((sum, count) => sum + count, 0);
  account.say(`${welcome} are welcome, ${outcomes.length - welcome} were turned away`);
  account.say(`${journal.entries().size} deeds, and ${repeats} repeats that changed nothing`);
  account.ask(
    "Did everyone hear what they should?",
    all.flatMap(({ customer: { id }, reason }, i) => {
      const outcome = outcomes[i];
      const heard = outcome?.kind === "turned away" ? outcome.reason : undefined;
      return heard === reason ? [] : [`${id}: ${heard ?? "welcome"} instead of ${reason ?? "welcome"}`];
    }),
  );
  account.ask(
    "Was every deed done once, and undone in reverse order for those who were turned away?",
    all.flatMap(({ customer: { id }, journal: expected }) => {
      const made = [...journal.entries()].flatMap(([key, deed]) => (key === `${id}/${deed}` ? [deed] : []));
      return made.join() === expected.join() ? [] : [`${id}: ${made.join()} instead of ${expected.join()}`];
    }),
  );
}
