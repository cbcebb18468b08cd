import { Code, invalidArgument, ServiceError } from "../../../api/errors.ts";
import { Callback } from "../../../api/gen/messages.js";
import type { Frontend } from "../frontend.ts";
import { decodeOpaque } from "./opaque.ts";

const URL_BYTES_MAX = 1_000;
const HEADER_BYTES_MAX = 8_192;
/** Callbacks within the server itself. */
const SYSTEM_PREFIX = "temporal://system";

/**
 * Completion callbacks that a start attaches, still encoded. No outside address is allowed until there is a way to
 * configure which; so whoever asks is told, as by a server whose list of allowed addresses is empty.
 */
export function checkCallbacks({ history }: Frontend, callbacks: readonly Uint8Array[]): void {
  const { callbacksPerRunMax } = history.limits;
  if (callbacks.length > callbacksPerRunMax)
    throw invalidArgument(`cannot attach more than ${callbacksPerRunMax} callbacks to an execution`);
  for (const encoded of callbacks) {
    const { nexus } = decodeOpaque(Callback, encoded);
    if (nexus === undefined) throw new ServiceError(Code.UNIMPLEMENTED, "unknown callback variant: <nil>");
    checkUrl(nexus.url);
    checkHeader(nexus.header);
  }
}

function checkUrl(url: string): void {
  if (Buffer.byteLength(url) > URL_BYTES_MAX)
    throw invalidArgument(`invalid url: url length longer than max length allowed of ${URL_BYTES_MAX}`);
  if (url === SYSTEM_PREFIX) return;
  if (!/^https?:/i.test(url)) throw invalidArgument(`invalid url: unknown scheme: ${url}`);
  throw invalidArgument(`invalid url: url does not match any configured callback address: ${url}`);
}

function checkHeader(header: Readonly<Record<string, string>>): void {
  let bytes = 0;
  for (const [name, value] of Object.entries(header)) bytes += Buffer.byteLength(name) + Buffer.byteLength(value);
  if (bytes > HEADER_BYTES_MAX)
    throw invalidArgument(`invalid header: header size longer than max allowed size of ${HEADER_BYTES_MAX}`);
}
