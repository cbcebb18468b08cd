import { Code, invalidArgument, ServiceError } from "../../../api/errors.ts";
import { Callback } from "../../../api/gen/messages.js";
import type { AllowedAddress } from "../../dynamic-config/index.ts";
import type { Frontend } from "../frontend.ts";
import { decodeOpaque } from "./opaque.ts";

const URL_BYTES_MAX = 1_000;
const HEADER_BYTES_MAX = 8_192;
/** Callbacks within the server itself. */
const SYSTEM_PREFIX = "temporal://system";

/** Completion callbacks that a request attaches, still encoded; answers them with the names of their headers as HTTP/2 has them. */
export function checkCallbacks(
  { history }: Frontend,
  allowed: readonly AllowedAddress[],
  callbacks: readonly Uint8Array[],
): Uint8Array[] {
  const { callbacksPerRunMax } = history.limits;
  if (callbacks.length > callbacksPerRunMax)
    throw invalidArgument(`cannot attach more than ${callbacksPerRunMax} callbacks to an execution`);
  return callbacks.map((encoded) => {
    const callback = decodeOpaque(Callback, encoded);
    const { nexus } = callback;
    if (nexus === undefined) throw new ServiceError(Code.UNIMPLEMENTED, "unknown callback variant: <nil>");
    checkUrl(nexus.url, allowed);
    checkHeader(nexus.header);
    const header = Object.entries(nexus.header).map(([name, value]) => [name.toLowerCase(), value]);
    return Callback.encode({ ...callback, nexus: { ...nexus, header: Object.fromEntries(header) } });
  });
}

function checkUrl(url: string, allowed: readonly AllowedAddress[]): void {
  if (Buffer.byteLength(url) > URL_BYTES_MAX)
    throw invalidArgument(`invalid url: url length longer than max length allowed of ${URL_BYTES_MAX}`);
  if (url === SYSTEM_PREFIX) return;
  if (!/^https?:/i.test(url)) throw invalidArgument(`invalid url: unknown scheme: ${url}`);
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || parsed.host === "") throw invalidArgument(`invalid url: missing host: ${url}`);
  const rule = allowed.find(({ pattern }) => patternOf(pattern).test(parsed.host));
  if (rule === undefined)
    throw invalidArgument(`invalid url: url does not match any configured callback address: ${url}`);
  if (parsed.protocol === "http:" && !rule.allowsInsecure)
    throw invalidArgument(`invalid url: callback address does not allow insecure connections: ${url}`);
}

function patternOf(pattern: string): RegExp {
  return new RegExp(
    `^${pattern
      .split("*")
      .map((part) => part.replaceAll(/[^\w]/g, "\\$&"))
      .join(".*")}$`,
    "i",
  );
}

function checkHeader(header: Readonly<Record<string, string>>): void {
  let bytes = 0;
  for (const [name, value] of Object.entries(header)) bytes += Buffer.byteLength(name) + Buffer.byteLength(value);
  if (bytes > HEADER_BYTES_MAX)
    throw invalidArgument(`invalid header: header size longer than max allowed size of ${HEADER_BYTES_MAX}`);
}
