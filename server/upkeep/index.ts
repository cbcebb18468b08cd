export { backUpFolder, restoreFolder } from "./backup-folder.ts";
export { checkStore } from "./check-store.ts";
export type { CheckAccount } from "./check-store.ts";
export { copyStore } from "./copy-store.ts";
export type { CopyAccount } from "./copy-store.ts";
export { migratePlace, nameOfPlace, openIdleReader, openReader, openWriter, placeOf } from "./open-place.ts";
export type { StorePlace } from "./open-place.ts";
export { InterruptedError } from "./progress.ts";
export type { Progress, Supervision } from "./progress.ts";
