import type { Connection } from "perdure/client";

/** From now on the clock of this workflow, and of its later runs, goes to whatever it waits for. */
export async function skipTime(
  { workflowService }: Connection,
  workflowId: string,
  maxSessionSkipCount?: number,
): Promise<void> {
  await workflowService.updateWorkflowExecutionOptions({
    namespace: "default",
    workflowExecution: { workflowId },
    workflowExecutionOptions: { timeSkippingConfig: { enabled: true, maxSessionSkipCount } },
    updateMask: { paths: ["time_skipping_config"] },
  });
}
