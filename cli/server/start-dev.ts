/**
 * `perdure server start-dev`: the server behind the command line of Temporal's development server, which is what the test
 * kits of its SDKs start. What concerns only that server (a web UI, its metrics) is accepted and has no effect.
 */
import { statSync } from "node:fs";
import {
  configValuesOf,
  EXIT,
  namespaceOf,
  oneOf,
  parseFlags,
  PORT_DEFAULT,
  portOf,
  UsageError,
} from "../../server/command/index.ts";
import type { ProgramHost, ServeOptions } from "../../server/command/index.ts";
import { serveUntilStopped } from "../../server/command/serve.ts";
import { startServer } from "../../server/index.ts";
import type { DataOption, PerdureServer, ServerOptions } from "../../server/index.ts";
import { refusingUsage } from "../refusing-usage.ts";
import { searchAttributesOf } from "./search-attributes.ts";
import type { SearchAttributeTypes } from "./search-attributes.ts";

const USAGE = `Usage: perdure server start-dev [options]

Serves Temporal's gRPC API, with the command line of Temporal's development server.

  -p, --port PORT               port to listen on (7233; 0 takes a free one)
      --ip ADDRESS              address to listen on (127.0.0.1)
  -n, --namespace NAME          a namespace to register; may be repeated (default is always there)
  -f, --db-filename PATH        folder of the data, made when missing; without it nothing is kept on disk
      --search-attribute K=T    registers a search attribute; may be repeated. T is one of
                                Text, Keyword, Int, Double, Bool, Datetime, KeywordList
      --dynamic-config-value KEY=JSON
                                a setting (docs/reference/dynamic-config.md); may be repeated
      --log-level LEVEL         debug, info, warn, error or never (warn)
      --log-format FORMAT       text, pretty or json (text), to stderr
      --help                    this text

Accepted without effect: --headless, --http-port, --metrics-port, --ui-port, --ui-ip, --ui-asset-path,
--ui-codec-endpoint, --ui-public-path, --sqlite-pragma K=V, --log-config, and the flags that all commands of Temporal's program have (--env, --env-file, --profile, --config-file, --disable-config-file,
--disable-config-env, --output, --color, --time-format, --command-timeout, --client-connect-timeout,
--no-json-shorthand-payloads).`;

const LEVELS = ["debug", "info", "warn", "error", "never"] as const;
const FORMATS = ["text", "pretty", "json"] as const;

const text = { type: "string" } as const;
const list = { type: "string", multiple: true } as const;
const flag = { type: "boolean" } as const;

const FLAGS = {
  port: { type: "string", short: "p" },
  ip: text,
  namespace: { type: "string", multiple: true, short: "n" },
  "db-filename": { type: "string", short: "f" },
  "search-attribute": list,
  "log-level": text,
  "log-format": text,
  help: { type: "boolean", short: "h" },
  headless: flag,
  "http-port": text,
  "metrics-port": text,
  "ui-port": text,
  "ui-ip": text,
  "ui-asset-path": text,
  "ui-codec-endpoint": text,
  "ui-public-path": text,
  "sqlite-pragma": list,
  "dynamic-config-value": list,
  "log-config": flag,
  env: text,
  "env-file": text,
  profile: text,
  "config-file": text,
  "disable-config-file": flag,
  "disable-config-env": flag,
  output: { type: "string", short: "o" },
  color: text,
  "time-format": text,
  "command-timeout": text,
  "client-connect-timeout": text,
  "no-json-shorthand-payloads": flag,
} as const;

export interface StartDevOptions extends ServeOptions {
  readonly searchAttributes: SearchAttributeTypes;
}

export function startDev(args: readonly string[], host: ProgramHost): Promise<number> {
  return refusingUsage(host, async () => {
    const options = parseStartDev(args);
    if (options === "help") {
      host.out(USAGE);
      return EXIT.ok;
    }
    return serveUntilStopped(options, host, (server) => startWithAttributes(server, options));
  });
}

export function parseStartDev(args: readonly string[]): StartDevOptions | "help" {
  const { values: flags } = parseFlags(args, { flags: FLAGS });
  if (flags.help === true) return "help";
  for (const name of ["http-port", "metrics-port", "ui-port"] as const) {
    const port = flags[name];
    if (port !== undefined) portOf(port, `--${name}`);
  }
  for (const pair of flags["sqlite-pragma"] ?? []) {
    if (!/^[^=]+=/.test(pair)) throw new UsageError(`--sqlite-pragma wants KEY=VALUE, got "${pair}"`);
  }
  if (flags.ip === "") throw new UsageError("--ip wants an address to listen on, got nothing");
  const format = oneOf(FORMATS, { flag: "--log-format", value: flags["log-format"], otherwise: "text" });
  return {
    port: flags.port === undefined ? PORT_DEFAULT : portOf(flags.port, "--port"),
    ip: flags.ip ?? "127.0.0.1",
    data: dataOf(flags["db-filename"]),
    namespaces: [...new Set(["default", ...(flags.namespace ?? []).map(namespaceOf)])],
    dynamicConfig: { values: configValuesOf(flags["dynamic-config-value"] ?? []) },
    logLevel: oneOf(LEVELS, { flag: "--log-level", value: flags["log-level"], otherwise: "warn" }),
    logFormat: format === "json" ? "json" : "text",
    searchAttributes: searchAttributesOf(flags["search-attribute"] ?? []),
  };
}

/** Temporal's server keeps its data in a file, ours in a folder: the name is taken for the folder's. */
function dataOf(folder: string | undefined): DataOption {
  if (folder === undefined || folder === "") return { kind: "memory" };
  if (statSync(folder, { throwIfNoEntry: false })?.isFile() === true) {
    throw new UsageError(`--db-filename names the folder of the data, and ${folder} is a file: choose another name`);
  }
  return { kind: "sqlite", folder };
}

async function startWithAttributes(
  server: ServerOptions,
  { namespaces, searchAttributes }: StartDevOptions,
): Promise<PerdureServer> {
  const started = await startServer(server);
  if (Object.keys(searchAttributes).length === 0) return started;
  const { Connection, RpcError } = await import("../../sdk/connection/index.ts");
  try {
    await using connection = Connection.inProcess(started);
    for (const namespace of namespaces) {
      await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
    }
  } catch (error) {
    await started.close();
    if (error instanceof RpcError) throw new UsageError(`--search-attribute: ${error.details}`);
    throw error;
  }
  return started;
}
