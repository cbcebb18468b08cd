import { parseArgs } from "node:util";
import type { DataOption } from "../server.ts";
import { LOG_FORMATS, LOG_LEVELS } from "../log/stream-log.ts";
import type { LogFormat, LogLevel } from "../log/stream-log.ts";

export const USAGE = `Usage: npm start -- [options]

Serves Temporal's gRPC API.

  --port PORT          port to listen on (7233; 0 takes a free one)
  --ip ADDRESS         address to listen on (127.0.0.1)
  --data DIR           folder of the data, made when missing (./.perdure)
  --memory             keep nothing on disk
  --namespace NAME     a namespace to register at the start; may be repeated (default is always there)
  --log-level LEVEL    ${LOG_LEVELS.join(", ")} (warn)
  --log-format FORMAT  ${LOG_FORMATS.join(" or ")} (text), to stderr
  --help               this text
  --version            the version`;

export interface ServeOptions {
  readonly kind: "serve";
  readonly port: number;
  readonly ip: string;
  readonly data: DataOption;
  readonly namespaces: readonly string[];
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
}

export type Command = ServeOptions | { readonly kind: "help" } | { readonly kind: "version" };

/** A command line that cannot be obeyed: one sentence that names the flag and what it takes. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const PORT_DEFAULT = 7233;
const DATA_DEFAULT = "./.perdure";
const NAMESPACE_BYTES_MAX = 1000;

const FLAGS = {
  port: { type: "string" },
  ip: { type: "string" },
  data: { type: "string" },
  memory: { type: "boolean" },
  namespace: { type: "string", multiple: true },
  "log-level": { type: "string" },
  "log-format": { type: "string" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "v" },
} as const;

export function parseCommand(args: readonly string[]): Command {
  const flags = parseFlags(args);
  if (flags.help === true) return { kind: "help" };
  if (flags.version === true) return { kind: "version" };
  if (flags.memory === true && flags.data !== undefined)
    throw new UsageError("--memory and --data exclude each other: give one of them");
  if (flags.data === "") throw new UsageError("--data wants a folder, got nothing");
  if (flags.ip === "") throw new UsageError("--ip wants an address to listen on, got nothing");
  return {
    kind: "serve",
    port: portOf(flags.port),
    ip: flags.ip ?? "127.0.0.1",
    data: flags.memory === true ? { kind: "memory" } : { kind: "sqlite", folder: flags.data ?? DATA_DEFAULT },
    namespaces: [...new Set(["default", ...(flags.namespace ?? []).map(namespaceOf)])],
    logLevel: oneOf(LOG_LEVELS, { flag: "--log-level", value: flags["log-level"], otherwise: "warn" }),
    logFormat: oneOf(LOG_FORMATS, { flag: "--log-format", value: flags["log-format"], otherwise: "text" }),
  };
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS, strict: true, allowPositionals: false }).values;
  } catch (error) {
    // Node's sentence names the flag; what follows it is advice about its own syntax.
    const [sentence = "the flags cannot be read"] = (error as Error).message.split(/\. (?:To|Did)|\n/);
    throw new UsageError(`${sentence.replace(/\.$/, "")}: see --help for what there is`);
  }
}

function portOf(text: string | undefined): number {
  if (text === undefined) return PORT_DEFAULT;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new UsageError(`--port wants a number from 0 to 65535, got "${text}"`);
  return port;
}

function namespaceOf(name: string): string {
  if (name === "") throw new UsageError("--namespace wants a name, got nothing");
  const bytes = Buffer.byteLength(name);
  if (bytes > NAMESPACE_BYTES_MAX)
    throw new UsageError(`--namespace got a name of ${bytes} bytes, the limit is ${NAMESPACE_BYTES_MAX}`);
  return name;
}

function oneOf<T extends string>(
  known: readonly T[],
  { flag, value, otherwise }: { flag: string; value: string | undefined; otherwise: T },
): T {
  if (value === undefined) return otherwise;
  const found = known.find((name) => name === value.toLowerCase());
  if (found === undefined) throw new UsageError(`${flag} wants one of ${known.join(", ")}, got "${value}"`);
  return found;
}
