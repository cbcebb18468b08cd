import type { UpdateWorkflowExecutionResponse } from "../../api/gen/messages.js";
import type { ClientScene, Operation } from "./operation.ts";
import { startRequest } from "./start.ts";
import { noteUpdate, updateRequest } from "./update.ts";

const IDS = 3;

/**
 * All clients meet at a few workflows and signal them several times at once: decisions follow each other while the commits
 * of earlier ones are on their way, and the runs grow beyond what a state holds inline.
 */
export const crowd: Operation = async (scene) => {
  const { random, ledger } = scene;
  const workflowId = `crowd-${Math.floor(random.next() * IDS)}`;
  const script = { steps: [{ kind: "timer", ms: 1_000 + Math.floor(random.next() * 9_000) }], end: "complete" };
  const request = { ...startRequest(scene, workflowId, script), signalName: "s", identity: "signaller" };
  ledger.signalsSent.add(request.requestId);
  const begun = await scene.insist<{ runId: string }>("signalWithStartWorkflowExecution", request);
  if (begun === undefined) return;
  ledger.signalAcknowledged(workflowId, request.requestId);
  ledger.runs.add(`${workflowId}/${begun.runId}`);
  const signals = Array.from({ length: 2 + Math.floor(random.next() * 4) }, () => signalSoon(scene, workflowId));
  await Promise.all([...signals, updateSoon(scene, workflowId)]);
};

async function signalSoon(scene: ClientScene, workflowId: string): Promise<void> {
  const { random, ledger, world } = scene;
  const requestId = random.uuid();
  ledger.signalsSent.add(requestId);
  await world.time.sleep(random.next() * 1_500);
  const workflowExecution = { workflowId };
  const request = { namespace: "default", workflowExecution, signalName: "s", requestId, identity: "client" };
  if ((await scene.insist("signalWorkflowExecution", request)) !== undefined)
    ledger.signalAcknowledged(workflowId, requestId);
}

async function updateSoon(scene: ClientScene, workflowId: string): Promise<void> {
  const { name, updateId, request } = updateRequest(scene, workflowId);
  await scene.world.time.sleep(scene.random.next() * 1_500);
  const reply = await scene.insist<UpdateWorkflowExecutionResponse>("updateWorkflowExecution", request, 8_000);
  if (reply !== undefined) noteUpdate(scene, { workflowId, name, updateId }, reply);
}
