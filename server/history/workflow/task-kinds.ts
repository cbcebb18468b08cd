/** Values of `WorkflowTask.kind` in state.proto. */
export const WORKFLOW_TASK_KIND = { normal: 1, transient: 2, speculative: 3 } as const;
