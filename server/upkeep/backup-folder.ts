/** Backups of data folders, with the supervision that long work has here. */
import { backUpSqlite, restoreSqlite } from "../store/index.ts";
import type { PagesDone } from "../store/index.ts";
import { databaseFileOf } from "./open-place.ts";
import { InterruptedError } from "./progress.ts";
import type { Supervision } from "./progress.ts";

export interface BackupPlaces {
  readonly folder: string;
  readonly file: string;
}

/** Beside a running server or without one; `file` is whole when it is there. */
export function backUpFolder({ folder, file }: BackupPlaces, supervision: Supervision): Promise<void> {
  return backUpSqlite(databaseFileOf(folder), file, { progress: steps("writing the backup's pages", supervision) });
}

/** Into a folder that is empty or missing. */
export function restoreFolder({ folder, file }: BackupPlaces, supervision: Supervision): Promise<void> {
  return restoreSqlite(file, folder, { progress: steps("restoring pages", supervision) });
}

function steps(step: string, { report, signal }: Supervision): (done: PagesDone) => void {
  return ({ pages, pagesAll }) => {
    report({ step, done: pages, all: pagesAll });
    if (signal.aborted) throw new InterruptedError();
  };
}
