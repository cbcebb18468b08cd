import { Code, invalidArgument, ServiceError } from "../../../api/errors.ts";
import { Callback } from "../../../api/gen/messages.js";
import { decodeOpaque } from "./opaque.ts";

const CALLBACKS_MAX = 32;
const URL_BYTES_MAX = 1_000;
/** Callbacks within the server itself. */
const SYSTEM_PREFIX = "temporal://system";

/**
 * Completion callbacks that a start attaches, still encoded. No outside address is allowed until there is a way to
 * configure which; so whoever asks is told, as by a server whose list of allowed addresses is empty.
 */
export function checkCallbacks(callbacks: readonly Uint8Array[]): void {
  if (callbacks.length > CALLBACKS_MAX)
    throw invalidArgument(
      `cannot attach more than ${CALLBACKS_MAX} callbacks to a workflow (0 callbacks already attached)`,
    );
  for (const encoded of callbacks) {
    const { nexus } = decodeOpaque(Callback, encoded);
    if (nexus === undefined) throw new ServiceError(Code.UNIMPLEMENTED, "unknown callback variant: <nil>");
    checkUrl(nexus.url);
  }
}

function checkUrl(url: string): void {
  if (Buffer.byteLength(url) > URL_BYTES_MAX)
    throw invalidArgument(`invalid url: url length longer than max length allowed of ${URL_BYTES_MAX}`);
  if (url === SYSTEM_PREFIX) return;
  if (!/^https?:/i.test(url)) throw invalidArgument(`invalid url: unknown scheme: ${url}`);
  throw invalidArgument(`invalid url: url does not match any configured callback address: ${url}`);
}
