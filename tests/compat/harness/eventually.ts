// Asks again until the answer is there. Temporal writes visibility and namespace changes some time after it acknowledged them, and a
// worker's own actions (a heartbeat, a parked poll) have no signal that a client could await. A run that has just closed is deleted
// some ten seconds later.

import { setTimeout as delay } from "node:timers/promises";

const PAUSE_MS = 50;
const ATTEMPTS_MAX = 1000;

export async function eventually<T>(check: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await check();
    } catch (error) {
      if (attempt === ATTEMPTS_MAX) throw error;
    }
    await delay(PAUSE_MS);
  }
}
