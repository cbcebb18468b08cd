import { makeProtoEnumConverters } from "../common/proto-enum.ts";

/** How far an update has come. */
export const WorkflowUpdateStage = {
  /** The server has taken the request; nothing of it is stored. */
  ADMITTED: "ADMITTED",
  /** The workflow's validator has accepted it. */
  ACCEPTED: "ACCEPTED",
  /** The workflow's handler is done. */
  COMPLETED: "COMPLETED",
  /** @deprecated Use `undefined`. */
  UNSPECIFIED: undefined,
} as const;
export type WorkflowUpdateStage = (typeof WorkflowUpdateStage)[keyof typeof WorkflowUpdateStage];

export const [encodeWorkflowUpdateStage] = makeProtoEnumConverters(
  { UNSPECIFIED: 0, ADMITTED: 1, ACCEPTED: 2, COMPLETED: 3 },
  "UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_",
);
