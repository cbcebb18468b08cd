/**
 * A year of ten subscriptions in seconds: each skips its idle time, on a server whose data is on disk. `--kill`: the
 * server and the worker are killed on the way, once each alone and once together.
 */
import { Client, Connection } from "perdure/client";
import { runScript, until } from "../stage/account.ts";
import type { Account } from "../stage/account.ts";
import { crash } from "../stage/crash.ts";
import { freePorts, Program, serverProgram } from "../stage/program.ts";
import { skipTime } from "../stage/skip-time.ts";
import { openLedgers } from "./activities.ts";
import { chargeKey, monthsAfter } from "./subscription.ts";
import type { Ended } from "./subscription.ts";
import { accountQuery, cancelSignal, changePriceUpdate, subscription } from "./workflows.ts";

const withCrash = process.argv.includes("--kill");
const MONTHS = 12;
const PRICE_CENTS = 1_200;
const NEW_PRICE_CENTS = 1_500;
const FIRST_CHARGE_ON = "2035-01-31";
const customers = Array.from({ length: 10 }, (_, i) => `customer-${i + 1}`);
/** One hears of a new price in the middle, one leaves. */
const DEARER = "customer-4";
const LEAVING = "customer-7";

await runScript("subscription-billing", async (account, folder) => {
  const [port = 0] = await freePorts(1);
  const server = serverProgram({ port, folder });
  const worker = new Program({
    file: new URL("worker.ts", import.meta.url),
    args: [`127.0.0.1:${port}`, folder],
    log: `${folder}/worker.log`,
  });
  await server.start();
  await worker.start();

  const connection = await Connection.connect({ address: `127.0.0.1:${port}` });
  const client = new Client({ connection });
  const handles = await Promise.all(
    customers.map(async (customerId) => {
      const begun = { customerId, card: "4242424242424242", priceCents: PRICE_CENTS, firstChargeOn: FIRST_CHARGE_ON };
      const args: Parameters<typeof subscription> = [{ ...begun, months: MONTHS, charged: { months: 0, cents: 0 } }];
      return client.workflow.start(subscription, { taskQueue: "billing", workflowId: customerId, args });
    }),
  );
  await Promise.all(customers.map((id) => skipTime(connection, id)));
  account.say(
    `${handles.length} subscriptions of ${MONTHS} months have begun; the first charge is on ${FIRST_CHARGE_ON}`,
  );
  const results = Promise.all(handles.map((handle) => handle.result()));

  if (withCrash) {
    const charges = () => openLedgers(folder).charges.entries().size;
    await until(() => charges() >= 20);
    await crash(account, { server }, `${charges()} charges are made`);
    const changed = await client.workflow
      .getHandle(DEARER)
      .executeUpdate(changePriceUpdate, { args: [NEW_PRICE_CENTS] });
    account.say(`${DEARER} pays ${changed.priceCents} cents from ${changed.nextChargeOn} on`);
    await until(() => charges() >= 60);
    await crash(account, { server, worker }, `${charges()} charges are made`);
    await client.workflow.getHandle(LEAVING).signal(cancelSignal);
    const { months } = await client.workflow.getHandle(LEAVING).query(accountQuery);
    account.say(`${LEAVING} leaves, charged for ${months} months so far`);
  }

  audit(account, await results, folder);
  return account.close("Every customer was charged exactly as they should be.");
});

function audit(account: Account, results: readonly Ended[], folder: string): void {
  const { charges } = openLedgers(folder);
  const repeats = [...charges.repeats().values()].reduce((sum, count) => sum + count, 0);
  account.say(`all have ended; ${charges.entries().size} charges, and ${repeats} repeats that changed nothing`);
  const faults = { count: [] as string[], days: [] as string[], sums: [] as string[] };
  results.forEach(({ months, cents, because }, i) => {
    const customerId = customers[i] as string;
    const made = [...charges.entries()].filter(([, charge]) => charge.customerId === customerId);
    const isWhole = withCrash && customerId === LEAVING ? because === "cancelled" : months === MONTHS;
    if (!isWhole || made.length !== months) faults.count.push(`${customerId}: ${made.length} charges, ${because}`);
    made.forEach(([key, charge], month) => {
      const day = monthsAfter(FIRST_CHARGE_ON, month).toISOString().slice(0, 10);
      if (charge.on !== day || key !== chargeKey({ customerId, month })) faults.days.push(`${key} on ${charge.on}`);
    });
    const sum = made.reduce((total, [, charge]) => total + charge.cents, 0);
    if (sum !== cents) faults.sums.push(`${customerId}: ${sum} instead of ${cents} cents`);
  });
  account.ask(`Was every month charged once: ${MONTHS} charges, fewer only for who left?`, faults.count);
  account.ask("Was it on the day, month after month?", faults.days);
  account.ask("Do the workflows and the provider agree on the sums?", faults.sums);
}
