import { EventType, WorkflowExecutionStatus, WorkflowTaskFailedCause } from "../../../../api/gen/enums.js";
import type { Run } from "../run.ts";
import { closeRun } from "./close.ts";
import { SERVER_IDENTITY } from "./server-identity.ts";
import { failWorkflowTask } from "./workflow-task.ts";

/** Takes a started workflow task from its worker, because the run is closed by somebody else; buffered events get their place. */
export function forceCloseTask(run: Run): void {
  const task = run.state.workflowTask;
  if (task === undefined || task.startedEventId === 0) return;
  failWorkflowTask(run, {
    cause: WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND,
    failure: undefined,
    identity: SERVER_IDENTITY,
  });
  run.flushBufferedEvents();
}

export interface Terminate {
  readonly reason: string;
  readonly details?: Uint8Array | undefined;
  readonly identity: string;
  readonly links?: readonly Uint8Array[];
}

export function terminateRun(run: Run, { reason, details, identity, links }: Terminate): void {
  forceCloseTask(run);
  closeRun(
    run,
    { status: WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TERMINATED },
    {
      eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED,
      workflowExecutionTerminatedEventAttributes: { reason, details, identity },
      links,
    },
  );
}
