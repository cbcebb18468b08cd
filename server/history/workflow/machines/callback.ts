/**
 * A completion callback: told by HTTP how the run ended.
 *
 * 1. Attached by a start, or to a run that is there. A run that goes on in this one's place takes it over.
 * 2. Told at least once: an attempt is forgotten in a crash and made again. Its outcome is stored.
 * 3. Attempts and their times follow from the part; what is under way is marked in memory alone, and keeps the run there.
 *
 *            close                fire                  taken
 *   standby ───────► scheduled ─────────► (under way) ─────────► succeeded
 *                                  ▲        │    │ refused for good
 *                                  │ retry  ▼    └────────► failed
 *                                  └── backing off
 */
import { CallbackState } from "../../../../api/gen/enums.js";
import { Callback, Failure } from "../../../../api/gen/messages.js";
import type { CallbackInfo } from "../../../../api/gen/messages.js";
import type { Input } from "../../../../api/codec.ts";
import { optionalTimestamp, timestamp } from "../../../../api/timestamp.ts";
import { CallbackPart } from "../../gen/messages.js";
import type { CallbackAnswer } from "../../env.ts";
import type { Parts } from "../../kernel/parts.ts";
import { partKey, partPrefix } from "../parts.ts";
import { presentBytes } from "../present-bytes.ts";
import type { Run } from "../run.ts";

const {
  CALLBACK_STATE_STANDBY: STANDBY,
  CALLBACK_STATE_SCHEDULED: SCHEDULED,
  CALLBACK_STATE_BACKING_OFF: BACKING_OFF,
  CALLBACK_STATE_SUCCEEDED: SUCCEEDED,
  CALLBACK_STATE_FAILED: FAILED,
} = CallbackState;
const RETRY_FIRST_MS = 1_000;
const RETRY_MAX_MS = 3_600_000;
const NEVER = Number.POSITIVE_INFINITY;

/** attach: the caller has counted them. */
export function attachCallbacks(run: Run, callbacks: readonly Uint8Array[]): void {
  if (callbacks.length === 0) return;
  let number = run.view.partsOf(partPrefix.callback).size;
  for (const rawCallback of callbacks) {
    const part = { rawCallback, registeredAt: run.now, state: STANDBY };
    run.view.setPart(partKey.callback(++number), CallbackPart.decode(CallbackPart.encode(part)));
  }
}

/** What a run that goes on takes over. */
export function attachedCallbacks(run: Run): Uint8Array[] {
  return [...run.view.partsOf<CallbackPart>(partPrefix.callback).values()].map(({ rawCallback }) => rawCallback);
}

/** close: the run has ended for good. */
export function scheduleCallbacks(run: Run): void {
  if (run.state.callbackCount === 0) return;
  for (const [key, part] of [...run.view.partsOf<CallbackPart>(partPrefix.callback)])
    run.view.setPart(key, { ...part, state: SCHEDULED, nextAttemptAt: run.now });
}

/** When the earliest attempt is to be made; with `stored`, also of those that are under way: a crash forgets them. */
export function dueCallbacks(parts: Parts, which: "memory" | "stored"): number {
  let due = NEVER;
  for (const part of parts.ofSort<CallbackPart>(partPrefix.callback).values())
    if (isPending(part) && (which === "stored" || !part.inFlight)) due = Math.min(due, part.nextAttemptAt);
  return due;
}

export function hasCallbackInFlight(parts: Parts): boolean {
  for (const { inFlight } of parts.ofSort<CallbackPart>(partPrefix.callback).values()) if (inFlight) return true;
  return false;
}

function isPending({ state }: CallbackPart): boolean {
  return state === SCHEDULED || state === BACKING_OFF;
}

/** fire: makes the attempts that are due, after the commit of all that came before. */
export function fireDueCallbacks(run: Run): void {
  const { env } = run;
  const { slot, id } = run.view.identity;
  for (const [key, part] of [...run.view.partsOf<CallbackPart>(partPrefix.callback)]) {
    if (!isPending(part) || part.inFlight || part.nextAttemptAt > run.now) continue;
    run.view.setPartInMemory(key, { ...part, inFlight: true });
    const { nexus } = Callback.decode(part.rawCallback);
    const delivery = { key: { slot, id }, part: key, url: nexus?.url ?? "", header: nexus?.header ?? {} };
    run.tx.afterCommit(() => env.deliverCallback(delivery));
  }
}

/** taken, refused: the outcome of an attempt. */
export function settleCallback(run: Run, key: string, answer: CallbackAnswer): void {
  const part = run.view.part<CallbackPart>(key);
  if (part === undefined || !isPending(part)) return;
  const tried = { ...part, inFlight: false, attempt: part.attempt + 1, lastAttemptCompletedAt: run.now };
  if (answer.kind === "taken") {
    run.view.setPart(key, { ...tried, state: SUCCEEDED, rawLastFailure: NO_BYTES });
    return;
  }
  const nonRetryable = !answer.isRetryable;
  const rawLastFailure = Failure.encode({ message: answer.message, applicationFailureInfo: { nonRetryable } });
  const nextAttemptAt = run.now + Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** part.attempt);
  run.view.setPart(
    key,
    nonRetryable
      ? { ...tried, state: FAILED, rawLastFailure, nextAttemptAt: 0 }
      : { ...tried, state: BACKING_OFF, rawLastFailure, nextAttemptAt },
  );
}

const NO_BYTES = new Uint8Array(0);

/** As Describe tells them. */
export function callbackInfos(run: Run): Input<CallbackInfo>[] {
  return [...run.view.partsOf<CallbackPart>(partPrefix.callback).values()].map((part) => ({
    callback: part.rawCallback,
    trigger: { workflowClosed: {} },
    registrationTime: timestamp(part.registeredAt),
    state: part.state as never,
    attempt: part.attempt,
    lastAttemptCompleteTime: optionalTimestamp(part.lastAttemptCompletedAt),
    lastAttemptFailure: presentBytes(part.rawLastFailure),
    nextAttemptScheduleTime: part.state === BACKING_OFF ? timestamp(part.nextAttemptAt) : undefined,
  }));
}
