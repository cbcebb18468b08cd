/**
 * A workflow on a queue that no worker polls waits for ever, and so does who waits for its result: most often the queue's
 * name is wrong on one side. After some seconds the server is asked, once for each wait, and a warning of the process says
 * what it found. Nothing depends on the answer: a server that gives none is not asked again.
 */
import { PendingWorkflowTaskState, TaskQueueType } from "../../../api/gen/enums.js";
import { systemClock, systemTimers, type Timers } from "../../../base/index.ts";
import { polledQueues } from "../../common/host/polled-queues.ts";
import type { WorkflowExecution } from "../types.ts";
import type { ClientContext } from "./client-context.ts";

const ASK_AFTER_MS = 5_000;
const ASK_TIMEOUT_MS = 5_000;

/** Workflow types and queues that were warned of; beyond these there are no further warnings. */
const WARNED_MAX = 1_000;
const warned = new Set<string>();

/** Name of the warning, for `node --disable-warning=…`. */
const WARNING_CODE = "PERDURE_NO_WORKER";

export interface Wait {
  readonly client: ClientContext;
  readonly execution: WorkflowExecution;
  readonly timers?: Timers | undefined;
}

/** Awaits `wait`, and warns meanwhile when the workflow is on a queue that nobody polls. */
export async function warnedIfNobodyPolls<T>(on: Wait, wait: () => Promise<T>): Promise<T> {
  const { timers = systemTimers } = on;
  const timer = timers.set(ASK_AFTER_MS, () => {
    warnIfNobodyPolls(on).catch(() => {}); // It may not be allowed to ask.
  });
  try {
    return await wait();
  } finally {
    timers.clear(timer);
  }
}

function warnIfNobodyPolls({ client, execution }: Wait): Promise<void> {
  const { connection, workflowService, namespace } = client;
  return connection.withDeadline(systemClock.now() + ASK_TIMEOUT_MS, async () => {
    const workflow = await workflowService.describeWorkflowExecution({ namespace, execution });
    const { state } = workflow.pendingWorkflowTask ?? {};
    if (state !== PendingWorkflowTaskState.PENDING_WORKFLOW_TASK_STATE_SCHEDULED) return;
    const type = workflow.workflowExecutionInfo?.type?.name ?? "";
    const taskQueue = workflow.executionConfig?.taskQueue?.name ?? "";
    const key = JSON.stringify([namespace, type, taskQueue]);
    if (warned.has(key) || warned.size >= WARNED_MAX) return;
    const { pollers } = await workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: taskQueue },
      taskQueueType: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    });
    if (pollers.length > 0 || warned.has(key)) return;
    warned.add(key);
    process.emitWarning(
      `No worker polls task queue "${taskQueue}" of namespace "${namespace}": workflow "${type}" (workflow id ` +
        `"${execution.workflowId}") waits for one. ${advice(namespace, taskQueue)}`,
      { code: WARNING_CODE },
    );
  });
}

function advice(namespace: string, taskQueue: string): string {
  const others = polledQueues(namespace).map((name) => JSON.stringify(name));
  const where = others.length === 0 ? "" : `Workers of this process poll ${others.join(", ")}. `;
  const other = others.length === 1 ? `taskQueue: ${others[0]}` : "the task queue of your workers";
  return `${where}Start a worker with taskQueue: "${taskQueue}", or start the workflow with ${other}.`;
}
