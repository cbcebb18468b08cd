import { Priority as PriorityCodec } from "../../../api/gen/messages.js";
import type { Priority } from "../../../api/gen/messages.js";

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
