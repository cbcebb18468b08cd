export { CommandError, TerminatingCommandError } from "./command.ts";
export type { CommandContext, CommandHandler } from "./command.ts";
export { commandHandlers } from "./command-handlers.ts";
