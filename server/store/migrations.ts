/** Versions of a schema as numbered SQL files of a folder: what stores of one kind and the other read alike. */
import { readFileSync, readdirSync } from "node:fs";
import { assert } from "../../base/index.ts";

export interface Migration {
  readonly version: number;
  readonly sql: string;
}

/** Logged before an old store is changed. */
export const UPGRADING = "the store is brought to the schema of this version; a large one takes minutes";

export function migrationsIn(folder: URL): Migration[] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .sort();
  return names.map((name, index) => {
    const version = Number.parseInt(name, 10);
    assert(version === index + 1, `migration ${name} is out of order`);
    return { version, sql: readFileSync(new URL(name, folder), "utf8") };
  });
}

/** The last migration that a program must know to work beside this one. */
export function neededBeside({ version, sql }: Migration): number {
  const needs = Number(/^-- Needs: (\d+)$/m.exec(sql)?.[1] ?? version);
  assert(needs <= version, `migration ${version} needs one that comes later`);
  return needs;
}
