export { packKey, unpackKey } from "./entity-key.ts";
export {
  BatchRefusedError,
  CorruptionError,
  InvalidCursorError,
  StoreOpenError,
  StoreUnavailableError,
} from "./errors.ts";
export { randomFaults, scriptedFaults } from "./faulty/fault-plan.ts";
export type { CommitFault, FaultPlan, RandomFaults, ReadFault, ReadVerb, ScriptedFaults } from "./faulty/fault-plan.ts";
export { faultyStore } from "./faulty/faulty-store.ts";
export { MemoryDisk } from "./memory/memory-disk.ts";
export { openMemoryStore } from "./memory/memory-store.ts";
export type { MemoryStoreOptions } from "./memory/memory-store.ts";
export { openSqliteStore } from "./sqlite/sqlite-store.ts";
export type { SqliteStoreOptions } from "./sqlite/sqlite-store.ts";
export * from "./store.ts";
export type * from "./visibility.ts";
