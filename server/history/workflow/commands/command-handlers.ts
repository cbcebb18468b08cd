import { CommandType } from "../../../../api/gen/enums.js";
import type { CommandHandler } from "./command.ts";
import { completeWorkflow } from "./complete-workflow.ts";

/** One row per command of the API. A command without a row is refused as unknown. */
export const commandHandlers: Readonly<Record<number, CommandHandler>> = {
  [CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION]: completeWorkflow,
};
