/** Where a store is, as command lines name it, and how it is opened as a whole. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { StoreOpenError } from "../store/errors.ts";
import {
  migratePostgres,
  migrateSqlite,
  nameOfDatabase,
  readIdleFolderInBulk,
  readIdlePostgresInBulk,
  readPostgresInBulk,
  readSqliteInBulk,
  writePostgresInBulk,
  writeSqliteInBulk,
} from "../store/index.ts";
import type { BulkReader, BulkWriter, Migrated } from "../store/index.ts";

export type StorePlace =
  /** The data folder of a server. */
  | { readonly kind: "folder"; readonly folder: string }
  /** A backup. */
  | { readonly kind: "file"; readonly file: string }
  | { readonly kind: "postgres"; readonly url: string };

export function placeOf(text: string): StorePlace {
  if (/^postgres(ql)?:\/\//.test(text)) return { kind: "postgres", url: text };
  const isFile = existsSync(text) && statSync(text).isFile();
  return isFile ? { kind: "file", file: text } : { kind: "folder", folder: text };
}

/** As messages call it: without the password of a database. */
export function nameOfPlace(place: StorePlace): string {
  switch (place.kind) {
    case "folder":
      return place.folder;
    case "file":
      return place.file;
    case "postgres":
      return nameOfDatabase(place.url);
  }
}

export async function openReader(place: StorePlace): Promise<BulkReader> {
  switch (place.kind) {
    case "folder":
      return readSqliteInBulk(databaseFileOf(place.folder));
    case "file":
      return readSqliteInBulk(place.file);
    case "postgres":
      return readPostgresInBulk(place);
  }
}

/** As `openReader`, of a store that no server uses until the reader is closed. */
export async function openIdleReader(place: StorePlace): Promise<BulkReader> {
  switch (place.kind) {
    case "folder":
      return readIdleFolderInBulk(place.folder);
    case "file":
      return openReader(place);
    case "postgres":
      return readIdlePostgresInBulk(place);
  }
}

export async function openWriter(place: StorePlace): Promise<BulkWriter> {
  switch (place.kind) {
    case "folder":
      return writeSqliteInBulk(place.folder);
    case "postgres":
      return writePostgresInBulk(place);
    case "file":
      throw new StoreOpenError(`${place.file} is a file: name a folder for the copy`);
  }
}

export function databaseFileOf(folder: string): string {
  return join(folder, "perdure.db");
}

/** Brings a store to this version's schema; its server must not run. */
export async function migratePlace(place: StorePlace): Promise<Migrated> {
  switch (place.kind) {
    case "folder":
      return migrateSqlite(place.folder);
    case "file":
      throw new StoreOpenError(`${place.file} is a backup: restore it, and migrate the folder`);
    case "postgres":
      return migratePostgres(place);
  }
}
