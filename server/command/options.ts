import { ConfigError, parseFlags as parseConfigFlags } from "../dynamic-config/index.ts";
import type { ConfigSources, PlainValues } from "../dynamic-config/index.ts";
import type { DataOption } from "../server.ts";
import { DATABASE_EXAMPLE, dataAt } from "../data-place.ts";
import { LOG_FORMATS, LOG_LEVELS } from "../log/stream-log.ts";
import type { LogFormat, LogLevel } from "../log/stream-log.ts";
import { namespaceOf, oneOf, parseFlags, portOf, UsageError } from "./flags.ts";

export function usage(program: string): string {
  return `Usage: ${program} [options]

Serves Temporal's gRPC API.

  --port PORT          port to listen on (7233; 0 takes a free one)
  --ip ADDRESS         address to listen on (127.0.0.1)
  --data PLACE         folder of the data, made when missing (./.perdure), or what --store takes
  --store URL          keep the data in PostgreSQL instead: postgres://user@host/database (docs/how-to/running-on-postgresql.md)
  --memory             keep nothing on disk
  --namespace NAME     a namespace to register at the start; may be repeated (default is always there)
  --dynamic-config-value KEY=JSON
                       a setting; may be repeated (docs/reference/dynamic-config.md)
  --dynamic-config FILE
                       settings in YAML, read again when the file changes
  --log-level LEVEL    ${LOG_LEVELS.join(", ")} (warn)
  --log-format FORMAT  ${LOG_FORMATS.join(" or ")} (text), to stderr
  --help               this text
  --version            the version`;
}

/** What a serving program is told, whatever its command line looks like. */
export interface ServeOptions {
  readonly port: number;
  readonly ip: string;
  readonly data: DataOption;
  readonly namespaces: readonly string[];
  readonly dynamicConfig?: ConfigSources | undefined;
  readonly logLevel: LogLevel | "never";
  readonly logFormat: LogFormat;
}

export type Command =
  | ({ readonly kind: "serve" } & ServeOptions)
  | { readonly kind: "help" }
  | { readonly kind: "version" };

export const PORT_DEFAULT = 7233;
const DATA_DEFAULT = "./.perdure";

const FLAGS = {
  port: { type: "string" },
  ip: { type: "string" },
  data: { type: "string" },
  store: { type: "string" },
  memory: { type: "boolean" },
  namespace: { type: "string", multiple: true },
  "dynamic-config-value": { type: "string", multiple: true },
  "dynamic-config": { type: "string" },
  "log-level": { type: "string" },
  "log-format": { type: "string" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "v" },
} as const;

export function parseCommand(args: readonly string[]): Command {
  const { values: flags } = parseFlags(args, { flags: FLAGS });
  if (flags.help === true) return { kind: "help" };
  if (flags.version === true) return { kind: "version" };
  if (flags["dynamic-config"] === "") throw new UsageError("--dynamic-config wants a file, got nothing");
  if (flags.ip === "") throw new UsageError("--ip wants an address to listen on, got nothing");
  return {
    kind: "serve",
    port: flags.port === undefined ? PORT_DEFAULT : portOf(flags.port, "--port"),
    ip: flags.ip ?? "127.0.0.1",
    data: dataOf(flags),
    namespaces: [...new Set(["default", ...(flags.namespace ?? []).map(namespaceOf)])],
    dynamicConfig: { values: configValuesOf(flags["dynamic-config-value"] ?? []), file: flags["dynamic-config"] },
    logLevel: oneOf(LOG_LEVELS, { flag: "--log-level", value: flags["log-level"], otherwise: "warn" }),
    logFormat: oneOf(LOG_FORMATS, { flag: "--log-format", value: flags["log-format"], otherwise: "text" }),
  };
}

/** Settings given as KEY=JSON. */
export function configValuesOf(flags: readonly string[]): PlainValues {
  try {
    return parseConfigFlags(flags);
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(error.message);
    throw error;
  }
}

function dataOf({ data, store, memory }: { data?: string; store?: string; memory?: boolean }): DataOption {
  const given = [
    memory === true ? "--memory" : "",
    data === undefined ? "" : "--data",
    store === undefined ? "" : "--store",
  ];
  const [first, second] = given.filter((flag) => flag !== "");
  if (second !== undefined) throw new UsageError(`${first} and ${second} exclude each other: give one of them`);
  if (data === "") throw new UsageError("--data wants a folder, got nothing");
  if (memory === true) return { kind: "memory" };
  const place = dataAt(store ?? data ?? DATA_DEFAULT);
  // What was given is not repeated: it may hold a password.
  const database = `the address of a PostgreSQL database, as in ${DATABASE_EXAMPLE}`;
  if (store !== undefined && place?.kind !== "postgres") throw new UsageError(`--store wants ${database}`);
  if (place === undefined) throw new UsageError(`--data wants a folder, or ${database}`);
  return place;
}
