/** Updates as clients send them and as workers answer them, in words. */
import { settle } from "../../../../base/manual-time.fixture.ts";
import { CommandType, UpdateWorkflowExecutionLifecycleStage as Stage } from "../../../../api/gen/enums.js";
import { Failure, UpdateAcceptance, UpdateRejection, UpdateResponse } from "../../../../api/gen/messages.js";
import { ActivityScene, completeWorkflow, payloads } from "../machines/activity-scene-fixture.ts";

export const COMPLETED = Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED;
export const ACCEPTED = Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED;
export const ADMITTED = Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ADMITTED;

/** What replies about an update have in common, as handlers give them. */
interface Told {
  readonly stage?: number;
  readonly outcome?: { readonly failure?: Uint8Array };
}

/** A workflow that has done its first task: four events. */
export async function idle(limits: object = {}): Promise<ActivityScene> {
  const scene = await ActivityScene.open(limits);
  await scene.start();
  await scene.doTask([]);
  return scene;
}

/** The outcome of a call in one word or two, which may be awaited later. */
export async function told(reply: Promise<unknown>): Promise<string> {
  try {
    const { stage, outcome } = (await reply) as Told;
    if (stage !== COMPLETED) return stage === ACCEPTED ? "accepted" : "admitted";
    return outcome?.failure === undefined
      ? "completed"
      : `failed: ${Failure.decode(outcome.failure).message.slice(0, 40)}`;
  } catch (error) {
    return `${(error as { code?: number }).code ?? "?"} ${(error as Error).message}`;
  }
}

export interface Update {
  readonly id?: string;
  readonly wait?: number;
  readonly fields?: object;
}

export const updateRequest = (scene: ActivityScene, { id = "u", wait = COMPLETED, fields }: Update = {}): object => ({
  namespace: "default",
  workflowExecution: { workflowId: scene.workflowId },
  waitPolicy: { lifecycleStage: wait },
  request: { meta: { updateId: id, identity: "client" }, input: { name: "change" } },
  ...fields,
});

/** Sends an update and lets it arrive. */
export async function update(scene: ActivityScene, what: Update = {}): Promise<{ reply: Promise<string> }> {
  const reply = told(scene.call("updateWorkflowExecution", updateRequest(scene, what)));
  await settle();
  return { reply };
}

export function pollUpdate(scene: ActivityScene, wait: number, id = "u"): Promise<string> {
  return told(
    scene.call("pollWorkflowExecutionUpdate", {
      updateRef: { workflowExecution: { workflowId: scene.workflowId }, updateId: id },
      waitPolicy: { lifecycleStage: wait },
    }),
  );
}

const body = (name: string, value: Uint8Array): object => ({
  typeUrl: `type.googleapis.com/temporal.api.update.v1.${name}`,
  value,
});
const MESSAGES: Readonly<Record<string, (id: string) => object>> = {
  accept: (id) => body("Acceptance", UpdateAcceptance.encode({ acceptedRequestMessageId: `${id}/request` })),
  complete: (id) =>
    body("Response", UpdateResponse.encode({ meta: { updateId: id }, outcome: { success: payloads("done") } })),
  fail: (id) =>
    body(
      "Response",
      UpdateResponse.encode({ meta: { updateId: id }, outcome: { failure: Failure.encode({ message: "could not" }) } }),
    ),
  bare: (id) => body("Response", UpdateResponse.encode({ meta: { updateId: id } })),
  reject: () => body("Rejection", UpdateRejection.encode({ failure: Failure.encode({ message: "not now" }) })),
};

/** A worker's answer: `accept u` says so with a command, `reject u` without one, `~accept u` without one too, `end` closes. */
export function answer(...words: string[]): { commands: object[]; messages: object[] } {
  const commands: object[] = [];
  const messages: object[] = [];
  for (const word of words) {
    if (word === "end") commands.push(completeWorkflow);
    else if (word === "marker")
      commands.push({
        commandType: CommandType.COMMAND_TYPE_RECORD_MARKER,
        recordMarkerCommandAttributes: { markerName: "m" },
      });
    else if (word === "continue")
      commands.push({
        commandType: CommandType.COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION,
        continueAsNewWorkflowExecutionCommandAttributes: {},
      });
    else {
      const [verb = "", id = ""] = word.replace("~", "").split(" ");
      messages.push({ id: word, protocolInstanceId: id, body: MESSAGES[verb]?.(id) });
      if (verb !== "reject" && !word.startsWith("~"))
        commands.push({
          commandType: CommandType.COMMAND_TYPE_PROTOCOL_MESSAGE,
          protocolMessageCommandAttributes: { messageId: word },
        });
    }
  }
  return { commands, messages };
}

export function doTask(
  scene: ActivityScene,
  words: string[],
  fields: object = {},
): ReturnType<ActivityScene["doTask"]> {
  const { commands, messages } = answer(...words);
  return scene.doTask(commands, { messages, ...fields });
}

/** The history without its first four events and without what is said of tasks. */
export async function news(scene: ActivityScene): Promise<string> {
  const lines = (await scene.history())
    .slice(4)
    .map((line) => line.split(" ")[1]?.replace("WORKFLOW_EXECUTION_", "").replace("WORKFLOW_TASK_", "task ") ?? "");
  return lines.join(", ").toLowerCase();
}

export const TASK = "task scheduled, task started, task completed";
