import { CommandType } from "../../../../api/gen/enums.js";
import { cancelExternal } from "./cancel-external.ts";
import { cancelTimer } from "./cancel-timer.ts";
import { cancelWorkflow } from "./cancel-workflow.ts";
import type { CommandHandler } from "./command.ts";
import { completeWorkflow } from "./complete-workflow.ts";
import { continueAsNew } from "./continue-as-new.ts";
import { failWorkflow } from "./fail-workflow.ts";
import { modifyProperties } from "./modify-properties.ts";
import { protocolMessage } from "./protocol-message.ts";
import { cancelNexusOperation, scheduleNexusOperation } from "./nexus.ts";
import { recordMarker } from "./record-marker.ts";
import { requestCancelActivity } from "./request-cancel-activity.ts";
import { scheduleActivity } from "./schedule-activity.ts";
import { signalExternal } from "./signal-external.ts";
import { startChild } from "./start-child.ts";
import { startTimer } from "./start-timer.ts";
import { upsertSearchAttributes } from "./upsert-search-attributes.ts";

/** One row per command of the API. A command without a row is refused as unknown. */
export const commandHandlers: Readonly<Record<number, CommandHandler>> = {
  [CommandType.COMMAND_TYPE_CANCEL_TIMER]: cancelTimer,
  [CommandType.COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION]: cancelWorkflow,
  [CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION]: completeWorkflow,
  [CommandType.COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION]: continueAsNew,
  [CommandType.COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION]: failWorkflow,
  [CommandType.COMMAND_TYPE_MODIFY_WORKFLOW_PROPERTIES]: modifyProperties,
  [CommandType.COMMAND_TYPE_PROTOCOL_MESSAGE]: protocolMessage,
  [CommandType.COMMAND_TYPE_RECORD_MARKER]: recordMarker,
  [CommandType.COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK]: requestCancelActivity,
  [CommandType.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK]: scheduleActivity,
  [CommandType.COMMAND_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION]: cancelExternal,
  [CommandType.COMMAND_TYPE_REQUEST_CANCEL_NEXUS_OPERATION]: cancelNexusOperation,
  [CommandType.COMMAND_TYPE_SCHEDULE_NEXUS_OPERATION]: scheduleNexusOperation,
  [CommandType.COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION]: signalExternal,
  [CommandType.COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION]: startChild,
  [CommandType.COMMAND_TYPE_START_TIMER]: startTimer,
  [CommandType.COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES]: upsertSearchAttributes,
};
