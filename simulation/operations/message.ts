import { anyStarted } from "./operation.ts";
import type { Operation } from "./operation.ts";

export const signal: Operation = async (scene) => {
  const { ledger } = scene;
  const workflowId = anyStarted(scene);
  const requestId = scene.random.uuid();
  ledger.signalsSent.add(requestId);
  const request = {
    namespace: "default",
    workflowExecution: { workflowId },
    signalName: "s",
    requestId,
    identity: "client",
  };
  if ((await scene.insist("signalWorkflowExecution", request)) !== undefined)
    ledger.signalAcknowledged(workflowId, requestId);
};

export const cancel: Operation = async (scene) => {
  const workflowId = anyStarted(scene);
  const request = {
    namespace: "default",
    workflowExecution: { workflowId },
    requestId: scene.random.uuid(),
    identity: "client",
  };
  if ((await scene.insist("requestCancelWorkflowExecution", request)) !== undefined)
    scene.ledger.cancelled.set(workflowId, scene.world.time.now());
};

/** What was acknowledged is seen by the next reader. */
export const terminate: Operation = async (scene) => {
  const workflowId = anyStarted(scene);
  const request = { namespace: "default", workflowExecution: { workflowId }, reason: "simulated", identity: "client" };
  if ((await scene.insist("terminateWorkflowExecution", request)) === undefined) return;
  scene.ledger.terminated.add(workflowId);
  const query = `WorkflowId = '${workflowId}' AND ExecutionStatus = 'Running'`;
  const reply = await scene.insist<{ count: number }>("countWorkflowExecutions", { namespace: "default", query });
  if (reply !== undefined && reply.count !== 0)
    scene.ledger.violations.push(`${workflowId} runs after its termination was acknowledged`);
};

/** Starts and deletes a workflow in a namespace of its own, whose books are not kept. */
export const deleteOne: Operation = async (scene, index) => {
  const workflowId = `d${scene.number}-${index}`;
  const namespace = "second";
  const request = {
    namespace,
    workflowId,
    workflowType: { name: "none" },
    taskQueue: { name: "none" },
    requestId: scene.random.uuid(),
    identity: "client",
  };
  const reply = await scene.insist<{ runId: string }>("startWorkflowExecution", request);
  if (reply === undefined) return;
  const workflowExecution = { workflowId, runId: reply.runId };
  if ((await scene.insist("deleteWorkflowExecution", { namespace, workflowExecution })) !== undefined)
    scene.ledger.deleted.add(reply.runId);
};

export const registerNamespace: Operation = async (scene, index) => {
  const namespace = `n${scene.number}-${index}`;
  const workflowExecutionRetentionPeriod = { seconds: 86_400, nanos: 0 };
  await scene.insist("registerNamespace", { namespace, workflowExecutionRetentionPeriod });
  // Refused: an earlier call went through.
  scene.ledger.namespaces.add(namespace);
  const reply = await scene.insist("describeNamespace", { namespace });
  if (reply === undefined)
    scene.ledger.violations.push(`namespace ${namespace} was registered but cannot be described`);
};
