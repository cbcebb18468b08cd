/** `npm run demo`: twenty orders, one worker, and a server that is killed in the middle. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Account } from "./account.ts";
import { audit } from "./audit.ts";
import type { Order } from "./order.ts";
import { expectedOf, runOrders } from "./run-orders.ts";
import { openShop } from "./shop.ts";
import type { Attempt } from "./shop.ts";

/** The story takes about fifteen seconds; what has not ended by then never will. */
const GIVE_UP_MS = 120_000;

const { values } = parseArgs({
  options: {
    port: { type: "string" },
    peer: { type: "string" },
    keep: { type: "boolean", default: false },
  },
});

const account = new Account();
const folder = mkdtempSync(join(tmpdir(), "order-saga-"));
const orders = JSON.parse(readFileSync(join(import.meta.dirname, "orders.json"), "utf8")) as Order[];

async function demo(): Promise<void> {
  const port = values.port === undefined ? await freePort() : Number(values.port);
  const place = { port, data: join(folder, "server"), peer: values.peer };
  const { outcomes, notes, histories } = await runOrders({ account, orders, place, folder });
  const shop = openShop(join(folder, "ledgers"));
  const finished = orders.flatMap((order) => {
    const outcome = outcomes.get(order.id);
    return outcome === undefined ? [] : [{ order, outcome, ...expectedOf(order) }];
  });
  const questions = audit({ shop, finished, histories });
  account.orders(finished, new Map([...retryNotes(shop.attempts()), ...notes]));
  account.questions(questions);
  const faults = questions.flatMap((question) => question.faults).length;
  console.log(
    faults === 0 ? "\nEvery order finished exactly as it should." : `\n${faults} things are not as they should be.`,
  );
  process.exitCode = faults === 0 ? 0 : 1;
}

function retryNotes(attempts: readonly Attempt[]): Map<string, string> {
  const most = new Map<string, Map<string, number>>();
  for (const { orderId, activity, attempt } of attempts) {
    if (attempt === 1) continue;
    const ofOrder = most.get(orderId) ?? new Map<string, number>();
    most.set(orderId, ofOrder.set(activity, Math.max(attempt, ofOrder.get(activity) ?? 0)));
  }
  const note = (ofOrder: Map<string, number>): string =>
    [...ofOrder].map(([activity, attempt]) => `${activity} took ${attempt} attempts`).join(", ");
  return new Map([...most].map(([orderId, ofOrder]) => [orderId, note(ofOrder)]));
}

/** The server comes back on the port it had, so it must be known beforehand. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

setTimeout(() => {
  console.error(`the demo did not end within ${GIVE_UP_MS / 1000} s; what it left is in ${folder}`);
  process.exit(1);
}, GIVE_UP_MS).unref();

try {
  await demo();
} finally {
  if (values.keep) console.log(`kept: ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
}
process.exit();
