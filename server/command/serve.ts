import { silentLog, systemClock } from "../../base/index.ts";
import type { Log } from "../../base/index.ts";
import { streamLog } from "../log/stream-log.ts";
import { startServer } from "../server.ts";
import { nameOfDatabase } from "../store/index.ts";
import type { PerdureServer, ServerOptions } from "../server.ts";
import { UsageError } from "./flags.ts";
import { EXIT } from "./program-host.ts";
import type { ProgramHost } from "./program-host.ts";
import { replacedFault, startFault } from "./start-fault.ts";
import { parseCommand, usage } from "./options.ts";
import type { Command, ServeOptions } from "./options.ts";
import { version } from "./version.ts";

/** Serves until it is told to stop; answers the exit code. `program` is what the user typed before the flags. */
export async function serve(args: readonly string[], host: ProgramHost, program = "npm start --"): Promise<number> {
  let command: Command;
  try {
    command = parseCommand(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    host.err(error.message);
    return EXIT.usage;
  }
  switch (command.kind) {
    case "help":
      host.out(usage(program));
      return EXIT.ok;
    case "version":
      host.out(version());
      return EXIT.ok;
    case "serve":
      return serveUntilStopped(command, host);
  }
}

/** `start` makes the server: that of the library unless another is given. */
export async function serveUntilStopped(
  options: ServeOptions,
  host: ProgramHost,
  start: (options: ServerOptions) => Promise<PerdureServer> = startServer,
): Promise<number> {
  const log = logOf(options, host);
  // Listened to from the first moment: a stop that comes while the server starts lets the start end and stops it then.
  const stopAsked = stopSignal(host);
  let server: PerdureServer;
  try {
    server = await start({
      host: options.ip,
      port: options.port,
      data: options.data,
      namespaces: options.namespaces,
      dynamicConfig: options.dynamicConfig,
      log,
    });
  } catch (error) {
    const fault = startFault(error, options);
    if (fault === undefined) throw error;
    host.err(fault);
    return EXIT.refused;
  }
  host.out(`perdure ${version()} serves on ${server.address} (${placeOf(options)})`);
  host.onServing?.();
  const isReplaced = await Promise.race([stopAsked.then(() => false), server.replaced.then(() => true)]);
  if (isReplaced) host.err(replacedFault(options));
  log.info("stopping");
  await server.close();
  log.info("stopped");
  return isReplaced ? EXIT.refused : EXIT.ok;
}

function logOf({ logLevel: level, logFormat: format }: ServeOptions, host: ProgramHost): Log {
  return level === "never" ? silentLog : streamLog({ level, format, clock: systemClock, write: host.err });
}

function stopSignal(host: ProgramHost): Promise<void> {
  return new Promise((resolve) => {
    let count = 0;
    host.onStopSignal(() => {
      count++;
      if (count === 1) resolve();
      else host.exit(EXIT.interrupted);
    });
  });
}

function placeOf({ data }: ServeOptions): string {
  if (data.kind === "postgres") return `data in ${nameOfDatabase(data.url)}`;
  return data.kind === "sqlite" ? `data in ${data.folder}` : "nothing is kept on disk";
}
