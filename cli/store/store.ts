/** `perdure store`: work on what a server has stored. */
import { EXIT } from "../../server/command/index.ts";
import type { ProgramHost } from "../../server/command/index.ts";
import { backup } from "./backup.ts";
import { check } from "./check.ts";
import { copy } from "./copy.ts";
import { migrate } from "./migrate.ts";
import { restore } from "./restore.ts";
import { runStoreCommand } from "./session.ts";
import type { StoreCommand } from "./session.ts";
import type { StoreCommandName } from "./usage.ts";

const COMMANDS: Readonly<Record<StoreCommandName, { readonly command: StoreCommand; readonly purpose: string }>> = {
  check: { command: check, purpose: "verify everything that is stored" },
  backup: { command: backup, purpose: "write the store into one file, while its server goes on" },
  restore: { command: restore, purpose: "make a data folder of a backup" },
  copy: { command: copy, purpose: "move all data into another store" },
  migrate: { command: migrate, purpose: "bring a data folder to this version's schema" },
};

export async function store(args: readonly string[], host: ProgramHost): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h") {
    host.out(usage());
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  if (Object.hasOwn(COMMANDS, name)) return runStoreCommand(COMMANDS[name as StoreCommandName].command, rest, host);
  host.err(`"store ${name}" is no command of perdure: there are ${Object.keys(COMMANDS).join(", ")}`);
  return EXIT.usage;
}

function usage(): string {
  const lines = Object.entries(COMMANDS).map(([name, { purpose }]) => `  ${name.padEnd(8)} ${purpose}`);
  return `Usage: perdure store COMMAND [options]

${lines.join("\n")}

perdure store COMMAND --help tells what a command takes.`;
}
