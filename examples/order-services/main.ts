/** Sixteen orders over four services, a worker and a server. `--kill`: all of them are killed in the middle. */
import { setTimeout as pause } from "node:timers/promises";
import { Client, Connection } from "perdure/client";
import { runScript, until } from "../stage/account.ts";
import type { Account } from "../stage/account.ts";
import { Ledger } from "../stage/ledger.ts";
import { freePorts, Program, serverProgram } from "../stage/program.ts";
import type { Deed } from "./http-service.ts";
import type { Outcome } from "./order.ts";
import { NEW_ADDRESS, ORDERS } from "./orders.ts";
import { SERVICES } from "./services.ts";
import type { ServiceName } from "./services.ts";
import { approveSignal, cancelSignal, changeAddressUpdate, orderSaga, statusQuery } from "./workflows.ts";

const withCrash = process.argv.includes("--kill");
const names = Object.keys(SERVICES) as ServiceName[];

await runScript("order-services", async (account, folder) => {
  const [port = 0, ...servicePorts] = await freePorts(1 + names.length);
  const read = (name: ServiceName): Ledger<Deed> => new Ledger(`${folder}/${name}.jsonl`);
  const urls = Object.fromEntries(names.map((name, i) => [name, `http://127.0.0.1:${servicePorts[i]}`]));
  const server = serverProgram({ port, folder });
  const services = program("service-program.ts", folder, [folder, ...servicePorts.map(String)]);
  const worker = program("worker.ts", folder, [`127.0.0.1:${port}`, JSON.stringify(urls)]);
  await Promise.all([server.start(), services.start()]);
  await worker.start();

  const client = new Client({ connection: await Connection.connect({ address: `127.0.0.1:${port}` }) });
  const handles = await Promise.all(
    ORDERS.map(({ order }) =>
      client.workflow.start(orderSaga, { taskQueue: "orders", workflowId: order.id, args: [order] }),
    ),
  );
  account.say(`${handles.length} orders are under way`);
  const outcomes = Promise.all(handles.map((handle) => handle.result()));

  await until(() => read("payment").entries().size >= 4);
  if (withCrash) await crash(account, { server, services, worker });

  const handleOf = (id: string) => client.workflow.getHandle<typeof orderSaga>(id);
  for (const id of ["D-1", "D-2", "D-3"]) await reaches(() => handleOf(id).query(statusQuery), "waiting for approval");
  await handleOf("D-2").executeUpdate(changeAddressUpdate, { args: [NEW_ADDRESS] });
  await Promise.all(["D-1", "D-2"].map((id) => handleOf(id).signal(approveSignal, "Ada")));
  await handleOf("D-3").signal(cancelSignal, "bought elsewhere");
  account.say("D-1 and D-2 are approved, D-2 goes to another address, D-3 is cancelled");

  await outcomes.then((all) => audit(account, all, Object.fromEntries(names.map((name) => [name, read(name)]))));
  return account.close("Every order finished exactly as it should.");
});

function program(file: string, folder: string, args: readonly string[]): Program {
  return new Program({ file: new URL(file, import.meta.url), args, log: `${folder}/${file}.log` });
}

async function crash(account: Account, { server, services, worker }: Readonly<Record<string, Program>>) {
  await Promise.all([server, services, worker].map((victim) => victim?.kill()));
  account.say("4 cards are charged: SIGKILL to the server, the services and the worker");
  await Promise.all([server, services].map((victim) => victim?.start()));
  await worker?.start();
  account.say("all are back");
}

async function reaches(read: () => Promise<{ step: string }>, step: string): Promise<void> {
  while ((await read()).step !== step) await pause(20);
}

function audit(account: Account, outcomes: readonly Outcome[], ledgers: Readonly<Record<string, Ledger<Deed>>>): void {
  const delivered = outcomes.filter(({ kind }) => kind === "delivered").length;
  account.say(`${delivered} orders are delivered, ${outcomes.length - delivered} cancelled`);
  const deeds = Object.values(ledgers).flatMap((ledger) => [...ledger.entries()]);
  const repeats = Object.values(ledgers).flatMap((ledger) => [...ledger.repeats().values()]);
  const done = (key: string): boolean => deeds.some(([other, { status }]) => other === key && status === 200);

  account.say(`${deeds.length} requests, and ${repeats.reduce((sum, n) => sum + n, 0)} repeats that changed nothing`);
  account.ask(
    "Did every order end as it should?",
    ORDERS.flatMap(({ order: { id }, reason }, i) => {
      const outcome = outcomes[i];
      const ended = outcome?.kind === "cancelled" ? outcome.reason : undefined;
      return ended === reason ? [] : [`${id}: ${ended ?? "delivered"} instead of ${reason ?? "delivered"}`];
    }),
  );
  account.ask(
    "Was every delivered order reserved, charged, shipped and confirmed, and nothing of it undone?",
    ORDERS.flatMap(({ order: { id }, reason }) => {
      if (reason !== undefined) return [];
      const missing = ["reserve", "charge", "ship", "confirm"].filter((operation) => !done(`${id}/${operation}`));
      const undone = ["release", "refund", "recall"].filter((operation) => done(`${id}/${operation}`));
      return [...missing.map((name) => `${id} has no ${name}`), ...undone.map((name) => `${id} has a ${name}`)];
    }),
  );
  account.ask(
    "Does a cancelled order hold no goods, no money, no parcel?",
    ORDERS.flatMap(({ order: { id }, reason }) => {
      if (reason === undefined) return [];
      const pairs = [["reserve", "release"], ["charge", "refund"], ["ship", "recall"]] as const; // oxfmt-ignore
      return pairs.flatMap(([deed, undo]) =>
        done(`${id}/${deed}`) && !done(`${id}/${undo}`) ? [`${id}: ${deed} without ${undo}`] : [],
      );
    }),
  );
  account.ask(
    "Did D-2 go to its new address?",
    done("D-2/ship") &&
      JSON.stringify(ledgers.shipping?.get("D-2/ship")?.request.address) === JSON.stringify(NEW_ADDRESS)
      ? []
      : ["D-2 went to the old one"],
  );
}
