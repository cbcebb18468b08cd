/**
 * Payloads that are too large to be sent. The server would end a workflow for such a command, and an activity for such a
 * result; here the task fails instead and is tried again, so that code can be mended. What is only large is warned of.
 *
 * The limits are the namespace's. Sizes are those of encoded fields, as the server measures them.
 */
import type { Input } from "../../api/codec.ts";
import type { Command, RespondWorkflowTaskCompletedRequest } from "../../api/gen/messages.js";
import type { Logger } from "../common/index.ts";
import type { PayloadLimitsConfig } from "../connection/index.ts";

export interface PayloadSizes {
  /** Of one field of payloads, such as the arguments of an activity. */
  readonly payloadBytes: number;
  readonly memoBytes: number;
}

/** Where it is in what would be sent, and how large. */
export interface SizedField {
  readonly path: string;
  readonly bytes: number;
  readonly isMemo?: boolean;
}

const WARNING = "[TMPRL1103] Attempted to upload payloads with size that exceeded the warning limit.";
const REFUSAL = "[TMPRL1103] Attempted to upload payloads with size that exceeded the error limit";

const WARN_BYTES: PayloadSizes = { payloadBytes: 512 * 1024, memoBytes: 2 * 1024 };

export class PayloadLimits {
  readonly #warnFrom: PayloadSizes;
  readonly #logger: Logger;
  #most: PayloadSizes = { payloadBytes: 0, memoBytes: 0 };
  /** Up to this size a field is neither refused nor warned of, whatever it is. */
  #smallest: number;

  constructor({ payloadsWarnSize, memoWarnSize }: PayloadLimitsConfig, logger: Logger) {
    this.#warnFrom = {
      payloadBytes: payloadsWarnSize ?? WARN_BYTES.payloadBytes,
      memoBytes: memoWarnSize ?? WARN_BYTES.memoBytes,
    };
    this.#logger = logger;
    this.#smallest = smallestOf(this.#most, this.#warnFrom);
  }

  /** What the namespace says; until then, and where it is 0, nothing is refused. */
  learn(most: PayloadSizes): void {
    this.#most = most;
    this.#smallest = smallestOf(most, this.#warnFrom);
  }

  /** Why the field is not to be sent; undefined when it may be. Warns when it is large. */
  refusal(field: SizedField, about: object): string | undefined {
    const limit = sizeFor(field, this.#most);
    if (limit === 0 || field.bytes <= limit) {
      this.warn(field, about);
      return undefined;
    }
    return `${REFUSAL}: ${field.path} has ${field.bytes} bytes, the limit is ${limit}`;
  }

  /** For what is sent in any case. */
  warn(field: SizedField, about: object): void {
    const limit = sizeFor(field, this.#warnFrom);
    if (limit === 0 || field.bytes <= limit) return;
    this.#logger.warn(WARNING, { ...about, path: field.path, size: field.bytes, limit });
  }

  /** The first of an answer's fields that is not to be sent. */
  refusalOfAnswer(request: Input<RespondWorkflowTaskCompletedRequest>, about: object): string | undefined {
    for (const field of largeFields(request, this.#smallest)) {
      const refusal = this.refusal(field, about);
      if (refusal !== undefined) return refusal;
    }
    for (const [id, result] of Object.entries(request.queryResults ?? {})) {
      this.warn({ path: `queryResults.${id}`, bytes: result?.answer?.length ?? 0 }, about);
    }
    return undefined;
  }
}

/** Of the limits that are set. */
function smallestOf(...all: readonly PayloadSizes[]): number {
  const limits = all.flatMap(({ payloadBytes, memoBytes }) => [payloadBytes, memoBytes]);
  return Math.min(...limits.filter((limit) => limit > 0));
}

function sizeFor({ isMemo = false }: SizedField, { payloadBytes, memoBytes }: PayloadSizes): number {
  return isMemo ? memoBytes : payloadBytes;
}

/** Fields of more than so many bytes: nearly always none, so that no path is spelled out for nothing. */
function largeFields(
  { commands = [], messages = [] }: Input<RespondWorkflowTaskCompletedRequest>,
  fromBytes: number,
): readonly SizedField[] {
  const fields: SizedField[] = [];
  commands.forEach((command, index) => addLargeFields(fields, { command, path: `commands[${index}]`, fromBytes }));
  messages.forEach(({ body }, index) => {
    const bytes = body?.value?.length ?? 0;
    if (bytes > fromBytes) fields.push({ path: `messages[${index}].body`, bytes });
  });
  return fields;
}

/** Payloads are bytes in attributes, but for the map of a marker's details. */
const FIELDS: ReadonlySet<string> = new Set(["input", "result", "failure", "memo", "upsertedMemo", "details"]);

function addLargeFields(
  fields: SizedField[],
  { command, path, fromBytes }: { command: Input<Command>; path: string; fromBytes: number },
): void {
  for (const kind in command) {
    const attributes = command[kind as keyof typeof command] as Record<string, unknown>;
    if (typeof attributes !== "object" || !kind.endsWith("Attributes")) continue;
    for (const name in attributes) {
      if (!FIELDS.has(name)) continue;
      const value = attributes[name];
      const bytes = value instanceof Uint8Array ? value.length : bytesOfMap(value as object | undefined);
      if (bytes > fromBytes) fields.push({ path: `${path}.${kind}.${name}`, bytes, isMemo: name === "memo" });
    }
  }
}

function bytesOfMap(map: object | undefined): number {
  let bytes = 0;
  for (const [key, value] of Object.entries(map ?? {})) bytes += key.length + ((value as Uint8Array).length ?? 0);
  return bytes;
}
