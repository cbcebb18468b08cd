import { WorkflowTaskFailedCause } from "../../../../api/gen/enums.js";
import { CommandError } from "./command.ts";
import type { CommandHandler } from "./command.ts";

/** Gives the events of a message of the same reply their place among those of the other commands. */
export const protocolMessage: CommandHandler = ({ updates }, command) => {
  const failedCause = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_BAD_UPDATE_WORKFLOW_EXECUTION_MESSAGE;
  const attributes = command.protocolMessageCommandAttributes;
  if (attributes === undefined)
    throw new CommandError(failedCause, "ProtocolMessageCommandAttributes is not set on ProtocolMessageCommand.");
  const { messageId } = attributes;
  if (messageId === "") throw new CommandError(failedCause, "MessageID is not set on ProtocolMessageCommand.");
  if (updates === undefined || !updates.use(messageId))
    throw new CommandError(failedCause, `ProtocolMessageCommand referenced absent message ID ${messageId}`);
};
