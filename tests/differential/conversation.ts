/**
 * One scripted conversation with a server, and its record.
 *
 * Entries stand in the order in which the script began the calls, whenever they were answered. Ids that the script
 * makes carry a nonce, so that all scenarios can run against one server at once; the record shows them without it.
 */
import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { CallOptions, Caller, Exchange, WireError } from "./caller.ts";
import { defaultDeadlineMs, operatorService } from "./caller.ts";
import type { RecordedEntry, Recording } from "./recording.ts";
import { SymbolicNames } from "./symbolic-names.ts";
import { compactEvents, messageType, render } from "./wire-format.ts";
import type { Leaf, Plain } from "./wire-format.ts";

export interface Begun {
  /** The reply as the script sees it: times as ISO text, bytes as Buffer, or `{ error: { code, message } }`. */
  reply: Promise<Plain>;
}

export interface RecordOptions extends CallOptions {
  /** Why this call is made, for the reader of the recording. */
  note?: string;
  /** Records whole seconds that the call took. */
  timed?: boolean;
}

interface Entry {
  exchange: Exchange;
  note: string | undefined;
  seconds: number | undefined;
}

export class Conversation {
  readonly namespace: string = "default";
  readonly #caller: Caller;
  readonly #nonce = `~${randomBytes(4).toString("hex")}`;
  readonly #entries: Entry[] = [];
  readonly #masked = new Set<string>();
  readonly #silentTokens = new Set<string>();

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** A name unique to this run of the scenario; recorded as given. */
  id(name: string): string {
    return name + this.#nonce;
  }

  /** As `id`, for places that allow letters and digits only. */
  identifier(name: string): string {
    return this.id(name).replaceAll("~", "");
  }

  /** The values of these fields are a clock's or a machine's; recordings keep only their presence. */
  mask(...fields: string[]): void {
    for (const field of fields) this.#masked.add(field);
  }

  async call(method: string, request: Plain, options: RecordOptions = {}): Promise<Plain> {
    return await this.begin(method, request, options).reply;
  }

  async operator(method: string, request: Plain, options: RecordOptions = {}): Promise<Plain> {
    return await this.call(method, request, { service: operatorService, ...options });
  }

  /** For calls that wait for a later one: recorded here, answered whenever. */
  begin(method: string, request: Plain, options: RecordOptions = {}): Begun {
    const startedAt = performance.now();
    const { exchange, done } = this.#caller.begin(method, request, options);
    const entry: Entry = { exchange, note: options.note, seconds: undefined };
    this.#entries.push(entry);
    const finish = async (): Promise<Plain> => {
      await done;
      if (options.deadlineMs !== "none")
        asDeadlineExceeded(exchange, performance.now() - startedAt, options.deadlineMs);
      if (options.timed) entry.seconds = Math.round((performance.now() - startedAt) / 1000);
      return scriptView(exchange);
    };
    return { reply: finish() };
  }

  /** A call outside the record, for waiting on what a server does in the background. */
  async silently(method: string, request: Plain, options: CallOptions = {}): Promise<Plain> {
    const { exchange, done } = this.#caller.begin(method, request, options);
    await done;
    const reply = scriptView(exchange);
    for (const token of [reply.taskToken, reply.nextPageToken]) {
      if (Buffer.isBuffer(token)) this.#silentTokens.add(token.toString("base64"));
    }
    return reply;
  }

  /** Repeats a silent call until the reply is as wanted, then makes it once for the record. */
  async callWhen(
    method: string,
    request: Plain,
    wanted: (reply: Plain) => boolean,
    options: RecordOptions & { waitMs?: number } = {},
  ): Promise<Plain> {
    const { waitMs = 15_000, ...rest } = options;
    const giveUpAt = performance.now() + waitMs;
    for (;;) {
      const reply = await this.silently(method, request, rest);
      if (wanted(reply)) return await this.call(method, request, rest);
      if (performance.now() > giveUpAt) {
        throw new Error(`${method} never gave what the scenario waits for: ${JSON.stringify(reply).slice(0, 2000)}`);
      }
      await wait(50);
    }
  }

  /**
   * Reads all pages of a history and records them as one reply without a token: servers end pages where they like.
   * The first page may be that of a polled workflow task.
   */
  async callPages(method: string, request: Plain, options: RecordOptions = {}): Promise<void> {
    const begun = this.#caller.begin(method, request, options);
    await begun.done;
    this.#entries.push({ exchange: begun.exchange, note: options.note, seconds: undefined });
    const { outcome } = begun.exchange;
    if (outcome === undefined || "error" in outcome) return;
    const merged = outcome.reply as Plain;
    for (let token = merged.nextPageToken as Uint8Array; token.length > 0;) {
      const next = this.#caller.begin(pageMethodOf(method), {
        ...pageRequestOf(method, request, merged),
        nextPageToken: token,
      });
      await next.done;
      const page = next.exchange.outcome;
      if (page === undefined || "error" in page)
        throw new Error(`page of ${method}: ${JSON.stringify(scriptView(next.exchange))}`);
      const reply = page.reply as Plain;
      merged.history = { events: [...(merged.history?.events ?? []), ...(reply.history?.events ?? [])] };
      token = reply.nextPageToken as Uint8Array;
    }
    delete merged.nextPageToken;
  }

  async sleep(ms: number): Promise<void> {
    await wait(ms);
  }

  record(header: Omit<Recording, "entries">): Recording {
    const names = new SymbolicNames({ nonce: this.#nonce, masked: this.#masked, silentTokens: this.#silentTokens });
    const entries = this.#entries.map((entry) => recordedEntry(entry, names));
    const withoutTilde = JSON.stringify(entries).replaceAll(this.#nonce.slice(1), "");
    return { ...header, entries: JSON.parse(withoutTilde) as RecordedEntry[] };
  }
}

function pageMethodOf(method: string): string {
  return method === "PollWorkflowTaskQueue" ? "GetWorkflowExecutionHistory" : method;
}

/** The pages after a workflow task's first are read by its execution. */
function pageRequestOf(method: string, request: Plain, reply: Plain): Plain {
  if (method !== "PollWorkflowTaskQueue") return request;
  const { workflowId, runId } = reply.workflowExecution as Plain;
  return { namespace: request.namespace, execution: { workflowId, runId } };
}

/** At a deadline client and server race to end the call; a server that notices first may say CANCELLED. */
function asDeadlineExceeded(exchange: Exchange, tookMs: number, deadlineMs = defaultDeadlineMs): void {
  if (exchange.outcome === undefined || "reply" in exchange.outcome) return;
  const { error } = exchange.outcome;
  if (error.code === "CANCELLED" && tookMs > deadlineMs - 100) error.code = "DEADLINE_EXCEEDED";
}

function recordedEntry(entry: Entry, names: SymbolicNames): RecordedEntry {
  const { exchange } = entry;
  const recorded: RecordedEntry = {
    ...(entry.note === undefined ? {} : { note: entry.note }),
    call: exchange.method,
    request: render(exchange.requestType, exchange.request, names.leaf("request")),
  };
  if (entry.seconds !== undefined) recorded.seconds = entry.seconds;
  const { outcome } = exchange;
  if (outcome === undefined) return { ...recorded, unanswered: true };
  if ("reply" in outcome)
    return {
      ...recorded,
      reply: compactEvents(withoutChance(render(exchange.replyType, outcome.reply, names.leaf("reply")))) as Plain,
    };
  recorded.error = recordedError(outcome.error, names);
  return recorded;
}

function recordedError(
  { code, message, status }: WireError,
  names: SymbolicNames,
): NonNullable<RecordedEntry["error"]> {
  // Whether the server's or the client's clock ends a call at its deadline is chance, and so is the text.
  if (code === "DEADLINE_EXCEEDED") return { code, message: "deadline exceeded" };
  const error = { code, message: names.text("message", message) };
  if (status === undefined) return error;
  const { details, message: statusMessage } = render(messageType("google.rpc.Status"), status, names.leaf("reply"));
  return { ...error, ...(statusMessage === error.message ? {} : { statusMessage }), details };
}

/** Lists that come from a hash map in the recorded server, and so have no order. */
const unorderedLists = new Set(["pendingActivities", "pendingChildren", "pollers", "namespaces"]);

/** Request ids that the server made up, for runs that no client started. */
const madeByServer = /(run|uuid|request)-\d/;

/** Hints to pollers, which depend on how many happen to poll. */
const chanceFields = ["pollerScalingDecision", "backlogCountHint"];

function withoutChance(reply: Plain): Plain {
  const { requestIdInfos } = (reply.workflowExtendedInfo ?? {}) as Plain;
  if (requestIdInfos !== undefined) {
    reply.workflowExtendedInfo.requestIdInfos = Object.fromEntries(
      Object.entries(requestIdInfos as Plain).map(([id, info]) => [
        madeByServer.test(id) ? "an id of the server" : id,
        info,
      ]),
    );
  }
  for (const field of chanceFields) delete reply[field];
  for (const [field, value] of Object.entries(reply)) {
    if (!unorderedLists.has(field) || !Array.isArray(value)) continue;
    reply[field] = value.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  return reply;
}

const scriptLeaf: Leaf = (kind, _field, value) => (kind === "time" ? new Date(value as number).toISOString() : value);

function scriptView(exchange: Exchange): Plain {
  const { outcome } = exchange;
  if (outcome === undefined) throw new Error("the call has no outcome yet");
  if ("reply" in outcome) return render(exchange.replyType, outcome.reply, scriptLeaf);
  return { error: { code: outcome.error.code, message: outcome.error.message } };
}
