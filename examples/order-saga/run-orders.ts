/** The story: start everything, start the orders, kill the server while they are under way, start it again, wait. */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Client, Connection } from "@temporalio/client";
import type { History } from "@temporalio/common/lib/proto-utils.js";
import type { Account } from "./account.ts";
import type { Address, Order, Outcome, Step } from "./order.ts";
import { APPROVED_EARLY, correct, CORRECTIONS, decide, REFUSED_CORRECTION } from "./people.ts";
import { startServer } from "./server-process.ts";
import type { ServerPlace } from "./server-process.ts";
import { orderSaga, statusQuery } from "./workflows.ts";

const LOOK_EVERY_MS = 250;
/** The crash comes when so many orders are done and someone is packing. */
const FINISHED_BEFORE_CRASH = 4;

export interface Story {
  readonly account: Account;
  readonly orders: readonly Order[];
  readonly place: ServerPlace;
  readonly folder: string;
}

export interface Told {
  readonly outcomes: ReadonlyMap<string, Outcome>;
  readonly notes: ReadonlyMap<string, string>;
  readonly histories: readonly History[];
}

/** What is known of the orders, from their own status queries and results. */
interface Board {
  readonly outcomes: Map<string, Outcome>;
  readonly steps: Map<string, Step>;
  readonly decided: Set<string>;
  readonly notes: Map<string, string>;
}

export async function runOrders({ account, orders, place, folder }: Story): Promise<Told> {
  account.say(`Order saga: ${orders.length} orders, one worker, and a server that dies on the way`);
  mkdirSync(place.data, { recursive: true });
  let server = await startServer(place);
  const address = `127.0.0.1:${place.port}`;
  account.say(`server answers on ${address}, its data in an empty folder`);
  const worker = startWorker({ address, folder });
  const board: Board = { outcomes: new Map(), steps: new Map(), decided: new Set(), notes: new Map() };
  try {
    await once(worker, "message");
    account.say("worker is up: the official Temporal SDK, as npm installs it");
    const client = new Client({ connection: await Connection.connect({ address }) });
    const results = await startOrders(client, { orders, board });
    account.say(`${orders.length} orders started`);

    await beforeCrash(client, { account, board, orders });
    const underWay = orders.length - board.outcomes.size;
    await server.kill();
    account.say(`SIGKILL: the server is gone, ${underWay} orders are under way`);
    server = await startServer(place);
    account.say("the server is back on the same folder; worker and client reconnect by themselves");

    await afterCrash(client, { account, board, orders });
    await Promise.all(results);
    const histories = await Promise.all(orders.map(({ id }) => client.workflow.getHandle(id).fetchHistory()));
    account.say("all orders are closed");
    await client.connection.close();
    return { outcomes: board.outcomes, notes: board.notes, histories };
  } finally {
    await stopWorker(worker);
    await server.stop();
  }
}

/** The worker outlives the server: nobody tells it that there was a crash. */
function startWorker({ address, folder }: { address: string; folder: string }): ChildProcess {
  const args = ["--address", address, "--ledgers", join(folder, "ledgers"), "--log", join(folder, "worker.log")];
  mkdirSync(join(folder, "ledgers"), { recursive: true });
  const worker = fork(join(import.meta.dirname, "worker.ts"), args, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  process.on("exit", () => worker.kill("SIGKILL"));
  return worker;
}

async function stopWorker(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null) return;
  const exited = once(worker, "exit");
  worker.kill("SIGTERM");
  const gaveUp = AbortSignal.timeout(10_000);
  gaveUp.addEventListener("abort", () => worker.kill("SIGKILL"));
  await exited;
}

async function startOrders(
  client: Client,
  { orders, board }: { orders: readonly Order[]; board: Board },
): Promise<Promise<void>[]> {
  const handles = await Promise.all(
    orders.map((order) =>
      client.workflow.start(orderSaga, { workflowId: order.id, taskQueue: "orders", args: [order] }),
    ),
  );
  return handles.map(async (handle) => {
    board.outcomes.set(handle.workflowId, await handle.result().catch(asOutcome));
  });
}

/** A workflow that failed is no outcome the shop knows: the audit will say so. */
function asOutcome(error: Error): Outcome {
  return {
    kind: "cancelled",
    reason: `${error.message}: ${error.cause instanceof Error ? error.cause.message : "no cause"}`,
  };
}

interface Scene {
  readonly account: Account;
  readonly board: Board;
  readonly orders: readonly Order[];
}

async function beforeCrash(client: Client, { account, board, orders }: Scene): Promise<void> {
  const early = CORRECTIONS.filter(({ when }) => when === "before the crash");
  for (;;) {
    await look(client, { account, board, orders });
    for (const { orderId, address } of early) {
      if (board.notes.has(orderId) || !isWaiting(board, orderId)) continue;
      await correct(client, { orderId, address });
      board.notes.set(orderId, "address corrected before the crash, approved after it");
      account.say(`${orderId} gets a new address: ${lineOf(address)}`);
    }
    for (const orderId of APPROVED_EARLY) await decideOnce(client, board, orderId);
    const prepared =
      early.every(({ orderId }) => board.notes.has(orderId)) && APPROVED_EARLY.every((id) => board.decided.has(id));
    const packing = [...board.steps.values()].includes("packing");
    if (prepared && packing && board.outcomes.size >= FINISHED_BEFORE_CRASH) return;
    await pause(LOOK_EVERY_MS);
  }
}

async function afterCrash(client: Client, { account, board, orders }: Scene): Promise<void> {
  for (const { orderId, address } of CORRECTIONS.filter(({ when }) => when === "after the crash")) {
    const refused = await correct(client, REFUSED_CORRECTION).then(
      () => "",
      (error: Error) => (error.cause instanceof Error ? error.cause.message : error.message),
    );
    account.say(`${orderId} asks for ${lineOf(REFUSED_CORRECTION.address)}: ${refused || "accepted"}`);
    await correct(client, { orderId, address });
    board.notes.set(orderId, "address corrected after the crash");
    account.say(`${orderId} gets a new address: ${lineOf(address)}`);
  }
  while (board.outcomes.size < orders.length) {
    await look(client, { account, board, orders });
    for (const { id } of orders) await decideOnce(client, board, id);
    await pause(LOOK_EVERY_MS);
  }
}

function isWaiting(board: Board, orderId: string): boolean {
  return board.steps.get(orderId) === "waiting for approval";
}

async function decideOnce(client: Client, board: Board, orderId: string): Promise<void> {
  if (board.decided.has(orderId) || !isWaiting(board, orderId)) return;
  board.decided.add(orderId);
  await decide(client, orderId);
}

/** Asks every open order how it stands. */
async function look(client: Client, { account, board, orders }: Scene): Promise<void> {
  const open = orders.filter(({ id }) => !board.outcomes.has(id));
  await Promise.all(
    open.map(async ({ id }) => {
      board.steps.set(id, (await client.workflow.getHandle(id).query(statusQuery)).step);
    }),
  );
  const counts = new Map<Step, number>();
  for (const { id } of open) {
    if (board.outcomes.has(id)) board.steps.delete(id);
    const step = board.steps.get(id);
    if (step !== undefined) counts.set(step, (counts.get(step) ?? 0) + 1);
  }
  account.progress(counts, board.outcomes.size);
}

function lineOf({ street, postcode, city }: Address): string {
  return `${street}, ${postcode} ${city}`;
}

const expectedOutcomes = JSON.parse(
  readFileSync(join(import.meta.dirname, "expected-outcomes.json"), "utf8"),
) as Record<string, string>;

export function expectedOf(order: Order): { expected: string; destination: Address } {
  const corrected = CORRECTIONS.find(({ orderId }) => orderId === order.id);
  return { expected: expectedOutcomes[order.id] ?? "listed", destination: corrected?.address ?? order.address };
}
