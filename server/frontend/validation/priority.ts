import { invalidArgument } from "../../../api/errors.ts";
import type { Priority } from "../../../api/gen/messages.js";

const FAIRNESS_KEY_BYTES_MAX = 64;

export function checkPriority(priority: Priority | undefined): void {
  if (priority === undefined) return;
  if (priority.priorityKey < 0) throw invalidArgument("priority key can't be negative");
  if (isFairnessKeyTooLong(priority.fairnessKey)) throw invalidArgument("fairness key length exceeds limit");
  if (priority.fairnessWeight < 0) throw invalidArgument("must be greater than zero");
}

export function isFairnessKeyTooLong(key: string): boolean {
  return Buffer.byteLength(key) > FAIRNESS_KEY_BYTES_MAX;
}
