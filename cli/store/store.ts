/** `perdure store`: work on what a server has stored. */
import { EXIT } from "../../server/command/index.ts";
import type { ProgramHost } from "../../server/command/index.ts";
import { runStoreCommand } from "./session.ts";
import type { StoreCommand } from "./session.ts";
import type { StoreCommandName } from "./usage.ts";

interface Entry {
  readonly purpose: string;
  /** Loaded when it is asked for: a backup does not wait for the checker. */
  load(): Promise<StoreCommand>;
}

const COMMANDS: Readonly<Record<StoreCommandName, Entry>> = {
  check: {
    purpose: "verify everything that is stored",
    load: async () => (await import("./check.ts")).check,
  },
  backup: {
    purpose: "write the store into one file, while its server goes on",
    load: async () => (await import("./backup.ts")).backup,
  },
  restore: {
    purpose: "make a data folder of a backup",
    load: async () => (await import("./restore.ts")).restore,
  },
  copy: {
    purpose: "move all data into another store",
    load: async () => (await import("./copy.ts")).copy,
  },
  migrate: {
    purpose: "bring a store to this version's schema",
    load: async () => (await import("./migrate.ts")).migrate,
  },
};

export async function store(args: readonly string[], host: ProgramHost): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h") {
    host.out(usage());
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  if (Object.hasOwn(COMMANDS, name)) {
    const command = await COMMANDS[name as StoreCommandName].load();
    return runStoreCommand(command, rest, host);
  }
  host.err(`"store ${name}" is no command of perdure: there are ${Object.keys(COMMANDS).join(", ")}`);
  return EXIT.usage;
}

function usage(): string {
  const lines = Object.entries(COMMANDS).map(([name, { purpose }]) => `  ${name.padEnd(8)} ${purpose}`);
  return `Usage: perdure store COMMAND [options]

${lines.join("\n")}

perdure store COMMAND --help tells what a command takes.`;
}
