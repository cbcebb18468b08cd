export { assert } from "./assert.ts";
export { systemClock, systemTimers } from "./clock.ts";
export type { Clock, TimerHandle, Timers } from "./clock.ts";
export { fnv1a } from "./hash.ts";
export { silentLog } from "./log.ts";
export type { Log } from "./log.ts";
export { seededRandom, systemRandom } from "./random.ts";
export type { Random } from "./random.ts";
export { isUuid } from "./uuid.ts";
