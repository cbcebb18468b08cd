/** What clients do, and how often of a hundred times. */
import { crowd } from "./crowd.ts";
import { fleeting } from "./fleeting.ts";
import { cancel, deleteOne, registerNamespace, signal, terminate } from "./message.ts";
import { operateActivity, resetOne } from "./operate.ts";
import type { ClientScene, Operation } from "./operation.ts";
import { awaitClose, describe, list, query } from "./read.ts";
import { signalWithStart, start, startAgain, updateWithStart } from "./start.ts";
import { pollUpdate, update } from "./update.ts";

const OPERATIONS: readonly (readonly [weight: number, operation: Operation])[] = [
  [18, start],
  [26, signal],
  [8, update],
  [3, pollUpdate],
  [8, query],
  [8, describe],
  [6, list],
  [4, signalWithStart],
  [4, crowd],
  [3, updateWithStart],
  [2, startAgain],
  [3, cancel],
  [2, terminate],
  [1, deleteOne],
  [2, registerNamespace],
  [2, awaitClose],
  [2, fleeting],
  [1, resetOne],
  [1, operateActivity],
];
const TOTAL = OPERATIONS.reduce((sum, [weight]) => sum + weight, 0);

export function randomOperation(scene: ClientScene): Operation {
  if (scene.started.length === 0) return start;
  let left = scene.random.next() * TOTAL;
  for (const [weight, operation] of OPERATIONS) {
    left -= weight;
    if (left < 0) return operation;
  }
  return start;
}
