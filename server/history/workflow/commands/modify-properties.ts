import { EventType, WorkflowTaskFailedCause } from "../../../../api/gen/enums.js";
import { Memo } from "../../../../api/gen/messages.js";
import { mergeFields } from "../merge-fields.ts";
import { bad, requireAttributes } from "./attributes.ts";
import type { CommandHandler } from "./command.ts";
import { limitBlobs } from "./payload-limits.ts";

export const modifyProperties: CommandHandler = ({ run, completedEventId }, command) => {
  const failedCause = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_BAD_MODIFY_WORKFLOW_PROPERTIES_ATTRIBUTES;
  const checks = { command: "ModifyWorkflowPropertiesCommand", failedCause, idBytesMax: run.limits.idBytesMax };
  const { upsertedMemo } = requireAttributes(checks, command.modifyWorkflowPropertiesCommandAttributes);
  if (upsertedMemo === undefined) throw bad(checks, "UpsertedMemo is not set on ModifyWorkflowPropertiesCommand.");
  const { fields } = Memo.decode(upsertedMemo);
  if (Object.keys(fields).length === 0)
    throw bad(checks, "UpsertedMemo.Fields is not set on ModifyWorkflowPropertiesCommand.");
  const merged = Memo.encode({ fields: mergeFields(Memo.decode(run.state.rawMemo).fields, fields) });
  limitBlobs(run, { command: "ModifyWorkflowPropertiesCommandAttributes", failedCause }, [upsertedMemo]);
  limitBlobs(
    run,
    { command: "ModifyWorkflowPropertiesCommandAttributes. Memo", failedCause, bytesMax: run.limits.memoBytesMax },
    [merged],
  );
  run.addEvent({
    eventType: EventType.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED,
    workflowPropertiesModifiedEventAttributes: { workflowTaskCompletedEventId: completedEventId, upsertedMemo },
    eventGroupMarkers: command.eventGroupMarkers,
  });
  run.state.rawMemo = merged;
  run.touchVisibility();
  run.action("modify_workflow_properties");
};
