/** The web application: forms in, workflow calls out. It keeps nothing: all that it shows it asks for. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { WorkflowNotFoundError, WorkflowUpdateFailedError } from "perdure/client";
import type { Client } from "perdure/client";
import { applicationPage, errorPage, listPage } from "./pages.ts";
import { decideUpdate, loanApplication, stateQuery } from "./workflows.ts";

interface Reply {
  readonly status: number;
  readonly body?: string;
  readonly location?: string;
}

export interface Web {
  readonly url: string;
  close(): Promise<void>;
}

export async function startWeb(client: Client, port = 0): Promise<Web> {
  const server = createServer((request, response) => {
    void replyTo(client, request).then(({ status, body = "", location }) =>
      response
        .writeHead(status, { "content-type": "text/html; charset=utf-8", ...(location && { location }) })
        .end(body),
    );
  });
  await once(server.listen(port, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server.close(), "close");
      server.closeAllConnections();
      await closed;
    },
  };
}

async function replyTo(client: Client, request: IncomingMessage): Promise<Reply> {
  const [, collection, id, action] = new URL(request.url ?? "/", "http://web").pathname.split("/");
  try {
    if (request.method === "GET" && collection === "") return await list(client);
    if (collection !== "applications" || (id === undefined && request.method === "GET")) return notFound();
    if (request.method === "GET" && action === undefined) return await show(client, id ?? "");
    const form = new URLSearchParams(await text(request));
    if (request.method === "POST" && id === undefined) return await apply(client, form);
    if (request.method === "POST" && action === "decision") return await decide(client, id ?? "", form);
    return notFound();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return notFound();
    if (error instanceof WorkflowUpdateFailedError)
      return { status: 422, body: errorPage(error.cause?.message ?? error.message) };
    return { status: 503, body: errorPage("Please try again in a moment.") };
  }
}

async function list(client: Client): Promise<Reply> {
  const rows = [];
  for await (const { workflowId, memo } of client.workflow.list({ query: "WorkflowType = 'loanApplication'" }))
    rows.push({ id: workflowId, phase: String(memo?.phase ?? "scoring") });
  return { status: 200, body: listPage(rows) };
}

async function show(client: Client, id: string): Promise<Reply> {
  const state = await client.workflow.getHandle(id).query(stateQuery);
  return { status: 200, body: applicationPage(state, randomUUID()) };
}

async function apply(client: Client, form: URLSearchParams): Promise<Reply> {
  const applicant = (form.get("applicant") ?? "").trim();
  const euros = Number(form.get("euros") ?? Number.NaN);
  const incomeEuros = Number(form.get("incomeEuros") ?? Number.NaN);
  if (applicant === "" || !(euros > 0) || !(incomeEuros >= 0))
    return { status: 422, body: errorPage("A name, an amount and an income, please.") };
  const id = form.get("id") ?? `loan-${randomUUID()}`;
  await client.workflow.start(loanApplication, {
    taskQueue: "loans",
    workflowId: id,
    workflowIdConflictPolicy: "USE_EXISTING",
    args: [{ id, applicant, euros, incomeEuros }],
  });
  return { status: 303, location: `/applications/${id}` };
}

async function decide(client: Client, id: string, form: URLSearchParams): Promise<Reply> {
  const decision = {
    isApproved: form.get("verdict") === "approve",
    reviewer: (form.get("reviewer") ?? "").trim(),
    reason: (form.get("reason") ?? "").trim(),
  };
  const updateId = form.get("token") ?? randomUUID();
  await client.workflow.getHandle(id).executeUpdate(decideUpdate, { args: [decision], updateId });
  return { status: 303, location: `/applications/${id}` };
}

function notFound(): Reply {
  return { status: 404, body: errorPage("There is no such application, or nothing to decide about it.") };
}
