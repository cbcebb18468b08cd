import type { Call } from "../../api/call.ts";
import { failedPrecondition, invalidArgument } from "../../api/errors.ts";
import type { Frontend } from "./frontend.ts";

/** A poll answers empty after this long, and this long before its caller would give up. */
const LONG_POLL_MS = 60_000;
const ANSWER_BEFORE_DEADLINE_MS = 1_000;
const DEADLINE_MS_MIN = 2_000;

/** When a poll of a task queue must be answered empty. */
export function pollExpiry(frontend: Frontend, call: Call): number {
  const now = frontend.clock.now();
  if (call.deadline === undefined) throw invalidArgument("Context timeout is not set.");
  if (call.deadline - now < DEADLINE_MS_MIN) throw failedPrecondition("Context timeout is too short.");
  return Math.min(now + LONG_POLL_MS, call.deadline - ANSWER_BEFORE_DEADLINE_MS);
}
