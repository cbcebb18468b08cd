/**
 * What one completed workflow task says about updates.
 *
 * 1. Each message is used once: by the command that names it, which gives its events their place, or after all commands.
 * 2. Events and parts are written at once; the registry in memory learns of them in `settle`, when nothing can fail any more.
 * 3. An update that was sent and is not answered is rejected in the worker's place.
 */
import type { Input } from "../../../../api/codec.ts";
import { DecodeError } from "../../../../api/decode-error.ts";
import { invalidArgument } from "../../../../api/errors.ts";
import { EventType, WorkflowTaskFailedCause } from "../../../../api/gen/enums.js";
import { UpdateAcceptance, UpdateRejection, UpdateRequest, UpdateResponse } from "../../../../api/gen/messages.js";
import type { Message, UpdateOutcome } from "../../../../api/gen/messages.js";
import { UpdatePart } from "../../gen/messages.js";
import { CommandError } from "../commands/command.ts";
import { partKey } from "../parts.ts";
import type { Run } from "../run.ts";
import { peekVolatile } from "../run-volatile.ts";
import type { VolatileUpdate } from "../run-volatile.ts";
import { releaseUpdate, requestMessageId, settleUpdate, unprocessedOutcome, updatePart, updatesOf } from "./update.ts";

const EMPTY_PART: UpdatePart = UpdatePart.decode(new Uint8Array(0));
const PACKAGE = "temporal.api.update.v1";
/** Names of the states as workers read them in refusals. */
const IN_DOUBT: Readonly<Record<Verdict["kind"], string>> = {
  accepted: "ProvisionallyAccepted",
  completed: "ProvisionallyCompleted",
  rejected: "ProvisionallyCompleted",
};

type Verdict =
  | { readonly kind: "accepted" }
  | { readonly kind: "completed"; readonly outcome: Input<UpdateOutcome> }
  | { readonly kind: "rejected"; readonly outcome: Input<UpdateOutcome> };

export class UpdateAnswers {
  readonly #run: Run;
  readonly #messages: Map<string, Message>;
  readonly #verdicts = new Map<string, Verdict>();

  /** undefined when the task has nothing to do with updates, as nearly all have. */
  static of(run: Run, messages: readonly Message[]): UpdateAnswers | undefined {
    return messages.length === 0 && updatesOf(run) === undefined ? undefined : new UpdateAnswers(run, messages);
  }

  constructor(run: Run, messages: readonly Message[]) {
    this.#run = run;
    this.#messages = new Map(messages.map((message) => [message.id, message]));
    if (messages.some(({ body }) => body === undefined)) throw invalidArgument("nil message body");
  }

  /** True when nothing was answered but refusals: such a task may vanish as if it had never been. */
  get isRejectionOnly(): boolean {
    for (const { body } of this.#messages.values())
      if (shortName(body?.typeUrl) !== `${PACKAGE}.Rejection`) return false;
    return true;
  }

  /** Uses the message that a command names; false when there is none. */
  use(messageId: string): boolean {
    const message = this.#messages.get(messageId);
    if (message === undefined) return false;
    this.#messages.delete(messageId);
    this.#apply(message);
    return true;
  }

  /** Uses what no command named; then, unless the worker is still at work, rejects what it left unanswered. */
  useRest({ isHeartbeat }: { isHeartbeat: boolean }): void {
    for (const message of this.#messages.values())
      if (this.#run.isRunning || shortName(message.body?.typeUrl) === `${PACKAGE}.Rejection`) this.#apply(message);
    this.#messages.clear();
    if (isHeartbeat || !this.#run.isRunning) return;
    for (const update of updatesOf(this.#run)?.values() ?? []) {
      if (update.stage === "sent" && !this.#verdicts.has(update.updateId))
        this.#reject(update.updateId, unprocessedOutcome());
    }
  }

  #apply({ protocolInstanceId: updateId, body }: Message): void {
    const name = shortName(body?.typeUrl);
    const bytes = body?.value ?? new Uint8Array(0);
    try {
      if (name === `${PACKAGE}.Acceptance`) this.#accept(updateId, UpdateAcceptance.decode(bytes));
      else if (name === `${PACKAGE}.Response`) this.#complete(updateId, UpdateResponse.decode(bytes));
      else if (name === `${PACKAGE}.Rejection`) this.#refuse(updateId, UpdateRejection.decode(bytes));
      else if (name.startsWith(`${PACKAGE}.`) && this.#stateOf(updateId) === undefined)
        throw wrongState(updateId, name, undefined);
      else throw badMessage(`unsupported protocol type ${name.slice(0, name.lastIndexOf("."))}`);
    } catch (error) {
      if (error instanceof DecodeError) throw badMessage(error.message);
      throw error;
    }
  }

  #accept(updateId: string, acceptance: UpdateAcceptance): void {
    const update = updatesOf(this.#run)?.get(updateId);
    const state = this.#stateOf(updateId);
    // After a crash the server does not remember the request, but the worker that has it may.
    const isForgotten = state === undefined && acceptance.acceptedRequest !== undefined;
    if (state !== "Sent" && !isForgotten) throw wrongState(updateId, "Acceptance", state);
    const run = this.#run;
    const reapplied = updatePart(run, updateId);
    const acceptedEventId = run.addEvent({
      eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
      workflowExecutionUpdateAcceptedEventAttributes: {
        protocolInstanceId: updateId,
        acceptedRequestMessageId: requestMessageId(updateId),
        acceptedRequestSequencingEventId: acceptance.acceptedRequestSequencingEventId,
        acceptedRequest: reapplied
          ? undefined // The history has it already.
          : update === undefined
            ? acceptance.acceptedRequest
            : UpdateRequest.decode(update.rawRequest),
      },
    });
    run.view.setPart(partKey.update(updateId), { ...(reapplied ?? EMPTY_PART), updateId, acceptedEventId });
    run.state.updateCount++;
    run.action("accept_workflow_update");
    this.#verdicts.set(updateId, { kind: "accepted" });
  }

  #complete(updateId: string, response: UpdateResponse): void {
    const state = this.#stateOf(updateId);
    if (state === undefined) throw wrongState(updateId, "Response", state);
    if (response.meta === undefined) throw badMessage("invalid *update.Response: meta is not set");
    if (response.outcome === undefined) throw badMessage("invalid *update.Response: outcome is not set");
    if (state !== "Accepted" && state !== "ProvisionallyAccepted") throw wrongState(updateId, "Response", state);
    const run = this.#run;
    const part = updatePart(run, updateId) as UpdatePart;
    const { outcome } = response;
    const completedEventId = run.addEvent({
      eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED,
      workflowExecutionUpdateCompletedEventAttributes: {
        meta: response.meta,
        acceptedEventId: part.acceptedEventId,
        outcome,
      },
    });
    run.view.setPart(partKey.update(updateId), { ...part, completedEventId });
    this.#verdicts.set(updateId, { kind: "completed", outcome });
  }

  #refuse(updateId: string, rejection: UpdateRejection): void {
    const state = this.#stateOf(updateId);
    if (state !== "Sent") throw wrongState(updateId, "Rejection", state);
    this.#reject(updateId, { failure: rejection.failure ?? new Uint8Array(0) });
  }

  #reject(updateId: string, outcome: Input<UpdateOutcome>): void {
    // An update that a reset took over is a part already.
    this.#run.view.deletePart(partKey.update(updateId));
    this.#run.action("reject_workflow_update");
    this.#verdicts.set(updateId, { kind: "rejected", outcome });
  }

  #stateOf(updateId: string): string | undefined {
    const verdict = this.#verdicts.get(updateId);
    if (verdict !== undefined) return IN_DOUBT[verdict.kind];
    const part = updatePart(this.#run, updateId);
    if (part !== undefined) return stateOfPart(part);
    const update = updatesOf(this.#run)?.get(updateId);
    return update === undefined ? undefined : update.stage === "sent" ? "Sent" : "Admitted";
  }

  /** The last thing of the decision: the registry follows, and after the commit the callers hear of it. */
  settle(): void {
    const updates = updatesOf(this.#run);
    for (const [updateId, verdict] of this.#verdicts) {
      const update = updates?.get(updateId);
      if (updates === undefined || update === undefined) continue;
      if (verdict.kind === "accepted") update.stage = "accepted";
      else updates.delete(updateId);
      this.#run.tx.afterCommit(() => this.#tell(update, verdict));
    }
  }

  #tell(update: VolatileUpdate, verdict: Verdict): void {
    if (verdict.kind !== "accepted") {
      settleUpdate(update, { kind: "stage", stage: "completed", outcome: verdict.outcome });
      return;
    }
    settleUpdate(update, { kind: "stage", stage: "accepted", outcome: undefined });
    const volatile = peekVolatile(this.#run.view.entity);
    if (volatile !== undefined) releaseUpdate(volatile, update);
  }
}

function stateOfPart({ acceptedEventId, completedEventId }: UpdatePart): string {
  if (completedEventId !== 0) return "Completed";
  return acceptedEventId === 0 ? "Sent" : "Accepted";
}

function shortName(typeUrl = ""): string {
  return typeUrl.slice(typeUrl.lastIndexOf("/") + 1);
}

function badMessage(text: string): CommandError {
  return new CommandError(
    WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_BAD_UPDATE_WORKFLOW_EXECUTION_MESSAGE,
    text,
  );
}

function wrongState(updateId: string, message: string, state: string | undefined): CommandError {
  if (state === undefined)
    return badMessage(
      `update ${updateId} wasn't found on the server. This is most likely a transient error which will be resolved automatically by retries`,
    );
  return badMessage(
    `invalid state transition attempted for Update ${updateId}: received *update.${message} message while in state ${state}`,
  );
}
