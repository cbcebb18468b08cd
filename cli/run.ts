/** The program's commands. Each is loaded when it is asked for: a server's start does not wait for the replayer. */
import { EXIT, version } from "../server/command/index.ts";
import type { ProgramHost } from "../server/command/index.ts";

interface Command {
  /** The words that name it. */
  readonly words: readonly string[];
  readonly purpose: string;
  run(args: readonly string[], host: ProgramHost): Promise<number>;
}

const COMMANDS: readonly Command[] = [
  {
    words: ["dev"],
    purpose: "the server, with its data in ./.perdure",
    run: async (args, host) => (await import("../server/command/serve.ts")).serve(args, host, "perdure dev"),
  },
  {
    words: ["server", "start-dev"],
    purpose: "the server, with the flags that the test kits of Temporal's SDKs pass",
    run: async (args, host) => (await import("./server/start-dev.ts")).startDev(args, host),
  },
  {
    words: ["test-server"],
    purpose: "a server for tests, which skips time; `perdure PORT` is the same",
    run: async (args, host) => (await import("./server/test-server.ts")).testServer(args, host),
  },
  {
    words: ["store"],
    purpose: "checks, backups, copies and upgrades of what a server has stored",
    run: async (args, host) => (await import("./store/store.ts")).store(args, host),
  },
  {
    words: ["replay"],
    purpose: "replays histories against workflow code",
    run: async (args, host) => (await import("./replay/replay.ts")).replay(args, host),
  },
];

/** Runs the command that the line names; answers the exit code. */
export async function run(args: readonly string[], host: ProgramHost): Promise<number> {
  const [first] = args;
  if (first === undefined || first === "--help" || first === "-h" || first === "help") {
    host.out(USAGE);
    return first === undefined ? EXIT.usage : EXIT.ok;
  }
  if (first === "--version" || first === "-v") {
    host.out(`perdure ${version()}`);
    return EXIT.ok;
  }
  // What the test kits call a test server's program gets the port as its first word.
  const line = /^\d+$/.test(first) ? ["test-server", ...args] : args;
  const command = COMMANDS.find(({ words }) => words.every((word, index) => word === line[index]));
  if (command !== undefined) return command.run(line.slice(command.words.length), host);
  host.err(unknown(line));
  return EXIT.usage;
}

const USAGE = `Usage: perdure COMMAND [options]

${COMMANDS.map(({ words, purpose }) => `  ${words.join(" ").padEnd(18)} ${purpose}`).join("\n")}

perdure COMMAND --help tells what a command takes; perdure --version, which version this is.`;

function unknown([first = "", second]: readonly string[]): string {
  const group = COMMANDS.filter(({ words }) => words.length > 1 && words[0] === first);
  const known = (group.length > 0 ? group : COMMANDS).map(({ words }) => words.join(" ")).join(", ");
  const typed = group.length > 0 && second !== undefined ? `${first} ${second}` : first;
  return `"${typed}" is no command of perdure: there are ${known}`;
}
