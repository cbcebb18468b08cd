import { invalidArgument } from "../../../api/errors.ts";
import type { TaskQueue } from "../../../api/gen/messages.js";
import type { Frontend } from "../frontend.ts";
import { isTooLong } from "./text-length.ts";

export const RESERVED_PREFIX = "/_sys/";

/** A queue that a request names, for work or for polls. */
export function checkTaskQueue(frontend: Frontend, queue: TaskQueue | undefined): TaskQueue {
  if (queue === undefined) throw invalidArgument("taskQueue is not set");
  if (queue.name === "") throw invalidArgument("missing task queue name");
  checkName(frontend, queue.name);
  if (queue.normalName !== "") checkName(frontend, queue.normalName);
  return queue;
}

function checkName(frontend: Frontend, name: string): void {
  if (isTooLong(frontend, name)) throw invalidArgument("taskQueue length exceeds limit");
  if (name.startsWith(RESERVED_PREFIX))
    throw invalidArgument(`task queue name cannot start with reserved prefix ${RESERVED_PREFIX}`);
}
