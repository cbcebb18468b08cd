export { Entity, OUTBOX_PREFIX } from "./entity.ts";
export { CommittedRefusal, LaneUnavailableError } from "./errors.ts";
export type { Answers, Decision } from "./lane.ts";
export { Kernel, slotOf } from "./kernel.ts";
export type { EntityName } from "./kernel.ts";
export type { Address, Codec, Due, Kind } from "./kind.ts";
export type { KernelObserver } from "./observer.ts";
export { EntityTx, Transaction } from "./transaction.ts";
