/**
 * A small HTTP service with a ledger. `POST /operation` with an `idempotency-key` header: what was done under a key is not
 * done again, and the answer, also a refusal, is the one that was given before.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import type { Ledger } from "../stage/ledger.ts";

/** What a service did, under `ORDER/operation`. */
export interface Deed {
  readonly status: 200 | 422;
  readonly request: Request;
  readonly answer: Readonly<Record<string, string>>;
}

export interface Request {
  readonly orderId: string;
  readonly [field: string]: unknown;
}

/** An operation answers, or throws a `Refusal`. */
export type Operations = Readonly<
  Record<string, (request: Request, ledger: Ledger<Deed>) => Readonly<Record<string, string>>>
>;

/** The service's no: trying again would not help. */
export class Refusal extends Error {}

export interface HttpService {
  readonly url: string;
  close(): Promise<void>;
}

export interface ServiceOptions {
  readonly operations: Operations;
  readonly ledger: Ledger<Deed>;
  readonly port?: number;
}

export async function startHttpService(options: ServiceOptions): Promise<HttpService> {
  const server = createServer((request, response) => {
    answer(options, request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await once(server.listen(options.port ?? 0, "127.0.0.1"), "listening");
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => close(server) };
}

async function answer({ operations, ledger }: ServiceOptions, message: IncomingMessage, response: ServerResponse) {
  const operation = operations[(message.url ?? "").slice(1)];
  const key = message.headers["idempotency-key"];
  if (operation === undefined || typeof key !== "string") {
    response.writeHead(operation === undefined ? 404 : 400).end();
    return;
  }
  const request = (await json(message)) as Request;
  const isNew = ledger.get(key) === undefined;
  const deed = ledger.once(key, () => perform(operation, request, ledger));
  // The worst that can happen to a caller: the work is done, and nobody tells.
  if (isNew && request.card === CARD_WHOSE_ANSWER_IS_LOST) {
    response.destroy();
    return;
  }
  response.writeHead(deed.status, { "content-type": "application/json" }).end(JSON.stringify(deed.answer));
}

export const CARD_WHOSE_ANSWER_IS_LOST = "4000000000000119";

function perform(operation: Operations[string], request: Request, ledger: Ledger<Deed>): Deed {
  try {
    return { status: 200, request, answer: operation(request, ledger) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { status: 422, request, answer: { reason: error.message } };
  }
}

async function close(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
