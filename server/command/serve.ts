import { systemClock } from "../../base/index.ts";
import { streamLog } from "../log/stream-log.ts";
import { startServer } from "../server.ts";
import type { PerdureServer } from "../server.ts";
import { startFault } from "./start-fault.ts";
import { parseCommand, UsageError, USAGE } from "./options.ts";
import type { Command, ServeOptions } from "./options.ts";
import { version } from "./version.ts";

/** What a program needs of its process. */
export interface ProgramHost {
  /** One line to the standard output. */
  out(text: string): void;
  err(text: string): void;
  /** The server answers: what only cost time before may be done now. */
  onServing?(): void;
  /** The listener runs at each signal that asks the program to stop. */
  onStopSignal(listener: () => void): void;
  /** Ends the process now, whatever is going on. */
  exit(code: number): void;
}

const EXIT = { ok: 0, refused: 1, usage: 2, interrupted: 130 } as const;

/** Serves until it is told to stop; answers the exit code. */
export async function serve(args: readonly string[], host: ProgramHost): Promise<number> {
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
      host.out(USAGE);
      return EXIT.ok;
    case "version":
      host.out(version());
      return EXIT.ok;
    case "serve":
      return serveUntilStopped(command, host);
  }
}

async function serveUntilStopped(options: ServeOptions, host: ProgramHost): Promise<number> {
  const log = streamLog({ level: options.logLevel, format: options.logFormat, clock: systemClock, write: host.err });
  // Listened to from the first moment: a stop that comes while the server starts lets the start end and stops it then.
  const stopAsked = stopSignal(host);
  let server: PerdureServer;
  try {
    server = await startServer({
      host: options.ip,
      port: options.port,
      data: options.data,
      namespaces: options.namespaces,
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
  await stopAsked;
  log.info("stopping");
  await server.close();
  log.info("stopped");
  return EXIT.ok;
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
  return data.kind === "sqlite" ? `data in ${data.folder}` : "nothing is kept on disk";
}
