import { EXIT, UsageError } from "../server/command/index.ts";
import type { ProgramHost } from "../server/command/index.ts";

/** A command line that cannot be obeyed is one sentence and its exit code. */
export async function refusingUsage(host: ProgramHost, command: () => Promise<number>): Promise<number> {
  try {
    return await command();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    host.err(error.message);
    return EXIT.usage;
  }
}
