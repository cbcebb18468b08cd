import { Priority as PriorityCodec } from "../../../api/gen/messages.js";
import type { Priority } from "../../../api/gen/messages.js";
import type { QueuedTask } from "../../matching/matching.ts";

const FAIRNESS_KEY_BYTES_MAX = 64;

/** What is wrong with a priority, in Temporal's words; undefined when nothing is. */
export function priorityFault(priority: Priority | undefined): string | undefined {
  if (priority === undefined) return undefined;
  if (priority.priorityKey < 0) return "priority key can't be negative";
  if (Buffer.byteLength(priority.fairnessKey) > FAIRNESS_KEY_BYTES_MAX) return "fairness key length exceeds limit";
  return priority.fairnessWeight < 0 ? "must be greater than zero" : undefined;
}

/** A priority completed field by field by an encoded one that it inherits from; undefined when neither says anything. */
export function inheritPriority(own: Priority | undefined, rawInherited: Uint8Array): Priority | undefined {
  if (rawInherited.length === 0) return own;
  const inherited = PriorityCodec.decode(rawInherited);
  return {
    priorityKey: own?.priorityKey || inherited.priorityKey,
    fairnessKey: own?.fairnessKey || inherited.fairnessKey,
    fairnessWeight: own?.fairnessWeight || inherited.fairnessWeight,
  };
}

/** Where a task stands in its queue: its priority, whose turn it takes, and how many turns those get. */
export type TaskTurn = Pick<QueuedTask, "priority" | "fairnessKey" | "fairnessWeight">;

const PRIORITY_KEY_DEFAULT = 3;

const TURN_DEFAULT: TaskTurn = { priority: PRIORITY_KEY_DEFAULT };

export function turnOf(priority: Priority | undefined): TaskTurn {
  if (priority === undefined) return TURN_DEFAULT;
  const { priorityKey, fairnessKey, fairnessWeight } = priority;
  return {
    priority: priorityKey === 0 ? PRIORITY_KEY_DEFAULT : priorityKey,
    fairnessKey: fairnessKey === "" ? undefined : fairnessKey,
    fairnessWeight: fairnessWeight === 0 ? undefined : fairnessWeight,
  };
}
