import { ConfigError } from "../dynamic-config/index.ts";
import type { DataOption } from "../server.ts";
import { CorruptionError, nameOfDatabase, StoreOpenError, StoreUnavailableError } from "../store/index.ts";

/** Why the server does not start, as one sentence that names the thing and what to do; undefined for what is a bug of ours. */
export function startFault(
  error: unknown,
  { ip, port, data }: { ip: string; port: number; data: DataOption },
): string | undefined {
  if (error instanceof StoreOpenError || error instanceof ConfigError) return error.message;
  if (error instanceof CorruptionError && data.kind === "sqlite") {
    return `data folder ${data.folder} is damaged (${error.message}): restore it from a backup or choose another data folder`;
  }
  if (error instanceof StoreUnavailableError && data.kind === "sqlite") {
    return `data folder ${data.folder} cannot be written (${error.message}): free some space, check the disk or choose another data folder`;
  }
  if (data.kind === "postgres") {
    const name = nameOfDatabase(data.url);
    if (error instanceof CorruptionError) return `${name} is damaged (${error.message}): restore it from a backup`;
    if (error instanceof StoreUnavailableError)
      return `${name} cannot be used (${error.message}): look at its server's log, or choose another database`;
  }
  switch ((error as NodeJS.ErrnoException | undefined)?.code) {
    case "EADDRINUSE":
      return `port ${port} of ${ip} is in use: stop the program that listens there, or choose another port with --port`;
    case "EACCES":
      return `port ${port} of ${ip} may not be opened by this user: choose a port from 1024 up with --port`;
    case "EADDRNOTAVAIL":
      return `${ip} is not an address of this machine: choose one that is with --ip`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `${ip} is no address and no name that is known here: give an address of this machine with --ip`;
    case "EAFNOSUPPORT":
      return `${ip} is of a kind of address that this machine does not have: choose another with --ip`;
  }
  return undefined;
}

/** Why the server ends without having been told to. */
export function replacedFault({ data }: { data: DataOption }): string {
  const name = data.kind === "postgres" ? nameOfDatabase(data.url) : "the store";
  return `another server has taken ${name}, since this one was silent for too long: this one ends (stop that one before you start this one again)`;
}
