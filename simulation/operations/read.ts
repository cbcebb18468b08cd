import type { DescribeWorkflowExecutionResponse, ListWorkflowExecutionsResponse } from "../../api/gen/messages.js";
import { decodeHistory } from "../history-reads.ts";
import { fromPayloads } from "../values.ts";
import { anyStarted } from "./operation.ts";
import type { Operation } from "./operation.ts";

const CLOSE_EVENT = 2;

export const describe: Operation = async (scene) => {
  const workflowId = anyStarted(scene);
  const reply = await scene.insist<DescribeWorkflowExecutionResponse>("describeWorkflowExecution", {
    namespace: "default",
    execution: { workflowId },
  });
  if (reply === undefined) scene.ledger.violations.push(`${workflowId} was started but cannot be described`);
};

/** A list right after a start has it. */
export const list: Operation = async (scene) => {
  const workflowId = anyStarted(scene);
  const reply = await scene.insist<ListWorkflowExecutionsResponse>("listWorkflowExecutions", {
    namespace: "default",
    query: `WorkflowId = '${workflowId}'`,
  });
  if (reply?.executions.length === 0) scene.ledger.violations.push(`${workflowId} was started but is not listed`);
};

/** An answer knows of every signal that was acknowledged before the question. */
export const query: Operation = async (scene) => {
  const workflowId = anyStarted(scene);
  const before = [...(scene.ledger.signaled.get(workflowId) ?? [])];
  const request = { namespace: "default", execution: { workflowId }, query: { queryType: "signals" } };
  const reply = await scene.insist<{ queryResult: Uint8Array | undefined }>("queryWorkflow", request, 8_000);
  if (reply === undefined || !scene.single.has(workflowId)) return;
  const seen = new Set(fromPayloads<string[]>(reply.queryResult));
  for (const requestId of before)
    if (!seen.has(requestId))
      scene.ledger.violations.push(`${workflowId}: a query does not know of the acknowledged signal ${requestId}`);
};

/** Waits for the end as clients do that want a result. */
export const awaitClose: Operation = async (scene) => {
  const workflowId = scene.started[0] as string;
  const request = {
    namespace: "default",
    execution: { workflowId },
    waitNewEvent: true,
    historyEventFilterType: CLOSE_EVENT,
  };
  const reply = await scene.insist<{ history: Uint8Array }>("getWorkflowExecutionHistory", request, 4_000);
  if (reply !== undefined && decodeHistory(reply.history).length > 1)
    scene.ledger.violations.push(`${workflowId}: more than the closing event was given`);
};
