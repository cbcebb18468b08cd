import { failedPrecondition, invalidArgument } from "../../../api/errors.ts";
import type { Call } from "../../../api/call.ts";
import type { TaskQueue } from "../../../api/gen/messages.js";
import { frontendSettings } from "../../dynamic-config/index.ts";
import type { Frontend } from "../frontend.ts";
import type { KnownNamespace } from "../namespaces/namespace-registry.ts";
import { checkIdentity } from "./identity.ts";
import { requireNamespace } from "./namespace.ts";
import { checkTaskQueue } from "./task-queue.ts";

/** A poll answers empty this long before its caller would give up. */
const ANSWER_BEFORE_DEADLINE_MS = 1_000;
const DEADLINE_MS_MIN = 2_000;

export interface CheckedPoll {
  readonly namespace: KnownNamespace;
  readonly queueName: string;
  readonly since: number;
  /** When the poll must be answered empty. */
  readonly expiresAt: number;
}

/** A poll of a task queue. */
export function checkPoll(
  frontend: Frontend,
  request: { namespace: string; taskQueue: TaskQueue | undefined; identity: string },
  { call, taskType }: { call: Call; taskType: "workflow" | "activity" },
): CheckedPoll {
  const namespace = requireNamespace(frontend, request.namespace);
  const deadline = pollDeadline(frontend, call);
  checkIdentity(frontend, request.identity);
  const { name } = checkTaskQueue(frontend, request.taskQueue);
  const place = { namespace: namespace.name, taskQueue: name, taskType };
  const longPollMs = frontend.config.get(frontendSettings.pollMs, place);
  const since = frontend.clock.now();
  const expiresAt = Math.min(since + longPollMs, deadline - ANSWER_BEFORE_DEADLINE_MS);
  return { namespace, queueName: name, since, expiresAt };
}

function pollDeadline(frontend: Frontend, call: Call): number {
  const now = frontend.clock.now();
  if (call.deadline === undefined) throw invalidArgument("Context timeout is not set.");
  if (call.deadline - now < DEADLINE_MS_MIN) throw failedPrecondition("Context timeout is too short.");
  return call.deadline;
}
