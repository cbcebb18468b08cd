import { invalidArgument } from "../../api/errors.ts";
import type { Call } from "../../api/call.ts";
import type { TaskQueue } from "../../api/gen/messages.js";
import type { Frontend } from "./frontend.ts";
import { pollExpiry } from "./long-poll.ts";
import type { KnownNamespace } from "./namespaces/namespace-registry.ts";

const RESERVED_PREFIX = "/_sys/";

export interface CheckedPoll {
  readonly namespace: KnownNamespace;
  readonly queueName: string;
  readonly expiresAt: number;
}

/** What polls of workers have in common: a namespace, a queue, an identity and a deadline, each of them checked. */
export function checkPoll(frontend: Frontend, request: { namespace: string; taskQueue: TaskQueue | undefined; identity: string }, call: Call): CheckedPoll {
  const { idBytesMax } = frontend.history.limits;
  const isTooLong = (text: string): boolean => Buffer.byteLength(text) > idBytesMax;
  if (request.namespace === "") throw invalidArgument("Namespace is empty.");
  if (isTooLong(request.namespace)) throw invalidArgument("Namespace length exceeds limit.");
  const namespace = frontend.namespaces.require(request.namespace);
  const expiresAt = pollExpiry(frontend, call);
  if (isTooLong(request.identity)) throw invalidArgument("Identity length exceeds limit.");
  const { taskQueue } = request;
  if (taskQueue === undefined) throw invalidArgument("taskQueue is not set");
  const { name, normalName } = taskQueue;
  if (name === "") throw invalidArgument("missing task queue name");
  if (isTooLong(name) || isTooLong(normalName)) throw invalidArgument("taskQueue length exceeds limit");
  if (name.startsWith(RESERVED_PREFIX)) throw invalidArgument(`task queue name cannot start with reserved prefix ${RESERVED_PREFIX}`);
  return { namespace, queueName: name, expiresAt };
}
