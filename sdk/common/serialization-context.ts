/** A payload that belongs to a workflow: the one that is called, for a child or an external workflow. */
export interface WorkflowSerializationContext {
  type: "workflow";
  namespace: string;
  workflowId: string;
}

/** A payload that belongs to an activity: its arguments, results, heartbeat details and failures. */
export interface ActivitySerializationContext {
  type: "activity";
  namespace: string;
  activityId?: string;
  /** The workflow that scheduled the activity, when known. */
  workflowId?: string;
  isLocal: boolean;
}

/** Tells converters and codecs whose payload they convert. */
export type SerializationContext = WorkflowSerializationContext | ActivitySerializationContext;
