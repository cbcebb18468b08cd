import type { ExecuteMultiOperationResponse, StartWorkflowExecutionResponse } from "../../api/gen/messages.js";
import type { Random } from "../../base/index.ts";
import { randomScript, randomStartOptions } from "../script.ts";
import type { Step } from "../script.ts";
import { toPayloads } from "../values.ts";
import type { ClientScene, Operation } from "./operation.ts";
import { noteUpdate, updateRequest } from "./update.ts";

const REJECT_DUPLICATE = 3;
const USE_EXISTING = 2;

/** A new workflow of a new id. Its chain may go on in other runs, and still no second chain may begin. */
export const start: Operation = async (scene, index) => {
  const { random, ledger, started } = scene;
  const workflowId = `w${scene.number}-${index}`;
  const { options, failedAttempts } = randomStartOptions(random);
  const { steps, end } = randomScript(random, started.slice(-5));
  const script = { steps: [...steps, ...lastingSteps(random)], end, failedAttempts };
  const request = { ...startRequest(scene, workflowId, script), ...options, workflowIdReusePolicy: REJECT_DUPLICATE };
  const reply = await scene.insist<StartWorkflowExecutionResponse>("startWorkflowExecution", request);
  // Refused: an earlier call of the same start went through, and its chain has gone on since.
  ledger.started.set(workflowId, reply?.runId ?? "");
  started.push(workflowId);
  const isChain = script.end === "continue" || "retryPolicy" in options || "cronSchedule" in options;
  if (!isChain) scene.single.add(workflowId);
  if (reply === undefined && !isChain) ledger.violations.push(`start of ${workflowId} was refused`);
  if (reply?.eagerWorkflowTask !== undefined) scene.handTask(reply.eagerWorkflowTask);
};

/** Now and then something that lasts longer than the server looks ahead, or a child that lasts longer than its parent. */
function lastingSteps(random: Random): Step[] {
  const roll = random.next();
  const ms = 65_000 + Math.floor(random.next() * 60_000);
  if (roll < 0.03) return [{ kind: "timer", ms }];
  if (roll > 0.06) return [];
  return [{ kind: "child", steps: [{ kind: "timer", ms }], policy: roll < 0.045 ? 1 : 3, isAwaited: false }];
}

/** One of few ids, used again and again. */
export const signalWithStart: Operation = async (scene, index) => {
  const { ledger } = scene;
  const workflowId = `sws${scene.number}-${index % 7}`;
  const script = {
    steps: [
      { kind: "signals", count: 1 },
      { kind: "timer", ms: 500 },
    ],
    end: "complete",
  };
  const request = { ...startRequest(scene, workflowId, script), signalName: "s", identity: "signaller" };
  ledger.signalsSent.add(request.requestId);
  const reply = await scene.insist<{ runId: string }>("signalWithStartWorkflowExecution", request);
  if (reply === undefined) return;
  ledger.signalAcknowledged(workflowId, request.requestId);
  ledger.runs.add(`${workflowId}/${reply.runId}`);
};

export const updateWithStart: Operation = async (scene, index) => {
  const workflowId = `uws${scene.number}-${index % 5}`;
  const script = { steps: [{ kind: "timer", ms: 800 }], end: "complete" };
  const startWorkflow = { ...startRequest(scene, workflowId, script), workflowIdConflictPolicy: USE_EXISTING };
  const { name, updateId, request } = updateRequest(scene, workflowId);
  const operations = [{ startWorkflow }, { updateWorkflow: request }];
  const reply = await scene.insist<ExecuteMultiOperationResponse>(
    "executeMultiOperation",
    { namespace: "default", operations },
    8_000,
  );
  if (reply === undefined) return;
  const [begun, updated] = reply.responses;
  scene.ledger.runs.add(`${workflowId}/${begun?.startWorkflow?.runId}`);
  if (updated?.updateWorkflow !== undefined) noteUpdate(scene, { workflowId, name, updateId }, updated.updateWorkflow);
};

/** A start that finds a running workflow and is content with it: no run begins. */
export const startAgain: Operation = async (scene) => {
  const workflowId = scene.started.at(-1) as string;
  const request = {
    ...startRequest(scene, workflowId, { steps: [], end: "complete" }),
    workflowIdConflictPolicy: USE_EXISTING,
    workflowIdReusePolicy: REJECT_DUPLICATE,
  };
  const reply = await scene.insist<StartWorkflowExecutionResponse>("startWorkflowExecution", request);
  if (reply?.started === true) scene.ledger.violations.push(`${workflowId} was started a second time`);
};

export function startRequest(
  scene: ClientScene,
  workflowId: string,
  script: object,
): { requestId: string; [field: string]: unknown } {
  return {
    namespace: "default",
    workflowId,
    workflowType: { name: "script" },
    taskQueue: { name: "queue" },
    input: toPayloads(script),
    requestId: scene.random.uuid(),
    identity: "client",
  };
}
