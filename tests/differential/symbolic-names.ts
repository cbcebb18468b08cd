/**
 * Replaces what differs from run to run by symbolic names in order of appearance: `run-1`, `request-2`, `token-1`.
 * One instance serves one conversation from its first exchange to its last, so that the same id has the same name.
 *
 * 1. Times keep only their presence, except an expiration, which is told relative to the event it belongs to.
 * 2. Durations stay, except those that a clock decided (names in `measuredDurations`).
 * 3. A token that the script made up is shown as text; only tokens that a server gave are symbolic.
 */
import { createHash } from "node:crypto";
import type { Leaf } from "./wire-format.ts";

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
/** How a namespace is called while it is being deleted. */
const deletedName = /-deleted-[0-9a-f]{5}/g;
const longRun = /(.)\1{100,}/g;
const tokenFields = new Set(["taskToken", "nextPageToken", "conflictToken", "longPollToken"]);
const measuredDurations = new Set(["executionDuration", "approximateBacklogAge"]);
const volatileNumbers = new Set(["taskId", "historySizeBytes"]);
/** Go's protobuf library writes one blank or two, or one that does not break, by the hash of the binary. */
const blanks = /[ \u00A0]+/g;
const longTextMin = 400;
/** Beyond it a regular expression with a back reference exhausts the stack. */
const hugeTextMin = 100_000;

export const restOfASecond = "the rest of a second";

export class SymbolicNames {
  readonly #names = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  readonly #nonce: string;
  readonly #masked: ReadonlySet<string>;
  readonly #silentTokens: ReadonlySet<string>;
  #anchorMs = 0;

  constructor(options: { nonce: string; masked: ReadonlySet<string>; silentTokens: ReadonlySet<string> }) {
    this.#nonce = options.nonce;
    this.#masked = options.masked;
    this.#silentTokens = options.silentTokens;
  }

  /** For one direction of one exchange: tokens get their names from replies only. */
  leaf(direction: "request" | "reply"): Leaf {
    return (kind, field, value) => {
      if (this.#masked.has(field)) return "masked";
      switch (kind) {
        case "time":
          return this.#time(field, value as number);
        case "duration":
          return measuredDurations.has(field) ? "some time" : this.#duration(field, value as string);
        case "bytes":
          return tokenFields.has(field) ? this.#token(direction, field, value as Buffer) : this.#bytes(value as Buffer);
        case "text":
          return this.text(field, value as string);
        case "number":
          return volatileNumbers.has(field) ? "some number" : value;
      }
    };
  }

  text(field: string, value: string): string {
    if (value.length > hugeTextMin) return abbreviated(Buffer.from(value));
    const named = value
      .replaceAll(this.#nonce, "")
      .replaceAll(uuid, (id) => this.#name(roleOf(field), id))
      .replaceAll(deletedName, "-deleted-(part of its id)")
      .replaceAll(longRun, (run) => `${run[0]}…(${run.length} times)`)
      .replaceAll(field === "message" || field === "reason" ? blanks : "\u00A0", " ");
    return named.length < longTextMin ? named : abbreviated(Buffer.from(named));
  }

  #time(field: string, ms: number): string {
    if (ms < 1e12) return ms <= 0 ? "zero time" : new Date(ms).toISOString();
    if (field === "eventTime" || field === "startTime") this.#anchorMs = ms;
    if (/expirationTime$/i.test(field)) return `start + ${Math.round((ms - this.#anchorMs) / 1000)}s`;
    return "time";
  }

  /** Retry intervals are measured to the nanosecond, and the least distance of two runs of a chain is filled up to 1 s. */
  #duration(field: string, value: string): string {
    const exact = Number.parseFloat(value);
    if (field === "firstWorkflowTaskBackoff" && exact > 0 && exact < 1) return restOfASecond;
    return `${Math.round(exact * 100) / 100}s`;
  }

  #token(direction: "request" | "reply", field: string, value: Buffer): string {
    const key = `token:${value.toString("base64")}`;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    if (this.#silentTokens.has(value.toString("base64"))) return "token from outside the record";
    return direction === "request" ? this.#bytes(value) : this.#name(field === "nextPageToken" ? "page" : "token", key);
  }

  #bytes(value: Buffer): string {
    const text = value.toString();
    if (!Buffer.from(text).equals(value)) return `base64 ${value.toString("base64")}`;
    return this.text("data", text);
  }

  #name(role: string, key: string): string {
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const count = (this.#counts.get(role) ?? 0) + 1;
    this.#counts.set(role, count);
    const name = `${role}-${count}`;
    this.#names.set(key, name);
    return name;
  }
}

function roleOf(field: string): string {
  if (/runId$/i.test(field)) return "run";
  if (/requestId$/i.test(field)) return "request";
  // Ids inside texts are nearly always a run's: "terminated by new runID: …".
  if (field === "message" || field === "data") return "run";
  if (/namespaceId$/i.test(field)) return "namespace";
  return "uuid";
}

function abbreviated(value: Buffer): string {
  return `${value.length} bytes ${createHash("sha256").update(value).digest("hex").slice(0, 12)}`;
}
