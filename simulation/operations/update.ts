import type { UpdateWorkflowExecutionResponse } from "../../api/gen/messages.js";
import { UPDATE_NAMES } from "../workflow-model.ts";
import { anyStarted } from "./operation.ts";
import type { ClientScene, Operation } from "./operation.ts";

const ACCEPTED = 2;
const COMPLETED = 3;
/** A caller gives up after so many answers that say less than what it waits for. */
const ANSWERS_MAX = 10;

export const update: Operation = async (scene) => {
  const workflowId = anyStarted(scene);
  const { name, updateId, request } = updateRequest(scene, workflowId);
  for (let answers = 0; answers < ANSWERS_MAX; answers++) {
    const reply = await scene.insist<UpdateWorkflowExecutionResponse>("updateWorkflowExecution", request, 8_000);
    if (reply === undefined) return;
    noteUpdate(scene, { workflowId, name, updateId }, reply);
    if (reply.stage >= ACCEPTED) return;
  }
};

/** Asks for an update that was acknowledged before: what was said of it once holds for ever. */
export const pollUpdate: Operation = async (scene) => {
  const known = [...scene.ledger.updates].findLast(([, note]) => note.workflowId.startsWith(`w${scene.number}-`));
  if (known === undefined) return;
  const [updateId, { workflowId, runId, name, isCompleted }] = known;
  const updateRef = { workflowExecution: { workflowId, runId }, updateId };
  const request = {
    namespace: "default",
    updateRef,
    identity: "client",
    waitPolicy: { lifecycleStage: isCompleted ? COMPLETED : ACCEPTED },
  };
  const reply = await scene.insist<UpdateWorkflowExecutionResponse>("pollWorkflowExecutionUpdate", request);
  if (reply === undefined) {
    const isKept = name !== "refuse" && scene.ledger.updates.get(updateId)?.isSuccess === true;
    if (isKept)
      scene.ledger.violations.push(`${workflowId}: the acknowledged update ${updateId} is not known any more`);
  } else noteUpdate(scene, { workflowId, name, updateId }, reply);
};

export function updateRequest(
  scene: ClientScene,
  workflowId: string,
): { name: string; updateId: string; request: object } {
  const { random, ledger } = scene;
  ledger.updated.add(workflowId);
  const updateId = random.uuid();
  const name = UPDATE_NAMES[Math.floor(random.next() * UPDATE_NAMES.length)] as string;
  const lifecycleStage = random.next() < 0.5 ? ACCEPTED : COMPLETED;
  const request = {
    namespace: "default",
    workflowExecution: { workflowId },
    waitPolicy: { lifecycleStage },
    request: { meta: { updateId, identity: "client" }, input: { name } },
  };
  return { name, updateId, request };
}

export function noteUpdate(
  scene: ClientScene,
  which: { workflowId: string; name: string; updateId: string },
  reply: UpdateWorkflowExecutionResponse,
): void {
  if (reply.stage < ACCEPTED) return;
  const { ledger } = scene;
  const { workflowId, name, updateId } = which;
  const runId = reply.updateRef?.workflowExecution?.runId ?? "";
  const isSuccess = reply.outcome?.success !== undefined;
  const known = ledger.updates.get(updateId);
  if (isSuccess && name === "refuse")
    ledger.violations.push(`${workflowId}: the update ${updateId} was refused and yet succeeded`);
  if (known?.isCompleted === true && known.isSuccess !== isSuccess)
    ledger.violations.push(`${workflowId}: the outcome of update ${updateId} has changed`);
  ledger.updates.set(updateId, { workflowId, runId, name, isCompleted: reply.outcome !== undefined, isSuccess });
}
