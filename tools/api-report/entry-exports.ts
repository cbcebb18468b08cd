/** All names of an entry, each with the file and the statements that declare it. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readDeclarations } from "./declaration-file.ts";
import type { DeclarationFile, Reference } from "./declaration-file.ts";
import type { Statement } from "./statements.ts";

export interface Declared {
  readonly file: string;
  readonly name: string;
  readonly statements: readonly Statement[];
}

export class Declarations {
  readonly #files = new Map<string, DeclarationFile>();

  /** By their names here, in alphabetical order. */
  exportsOf(file: string): Map<string, Declared> {
    const names = [...this.#namesOf(file, new Set())].filter((name) => name !== "default").toSorted();
    return new Map(names.map((name) => [name, this.#find(file, name) ?? this.#missing(file, name)]));
  }

  #missing(file: string, name: string): never {
    throw new Error(`${file} exports ${name}, whose declaration was not found`);
  }

  #read(file: string): DeclarationFile {
    let read = this.#files.get(file);
    if (read === undefined) {
      read = readDeclarations(readFileSync(file, "utf8"));
      this.#files.set(file, read);
    }
    return read;
  }

  #namesOf(file: string, seen: Set<string>): Set<string> {
    const names = new Set<string>();
    if (seen.has(file)) return names;
    seen.add(file);
    const { exported, stars } = this.#read(file);
    for (const name of exported.keys()) names.add(name);
    for (const star of stars) {
      const target = resolved(file, star);
      if (target === undefined) continue;
      for (const name of this.#namesOf(target, seen)) if (name !== "default") names.add(name);
    }
    return names;
  }

  #find(file: string, name: string): Declared | undefined {
    const { exported, stars } = this.#read(file);
    const reference = exported.get(name);
    if (reference !== undefined) return this.#follow(file, reference);
    for (const star of stars) {
      const target = resolved(file, star);
      const found = target === undefined ? undefined : this.#find(target, name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #follow(file: string, { name, from }: Reference): Declared | undefined {
    if (from === undefined) {
      const { declared, imported } = this.#read(file);
      const statements = declared.get(name);
      if (statements !== undefined) return { file, name, statements };
      const there = imported.get(name);
      return there === undefined ? undefined : this.#follow(file, there);
    }
    const target = resolved(file, from);
    if (target === undefined || name === "*") return foreign(from, name);
    return this.#find(target, name);
  }
}

/** Of another package, or a whole module: named, not told. */
function foreign(from: string, name: string): Declared {
  const text = name === "*" ? `all of ${from}` : `${name} of ${from}`;
  return { file: from, name, statements: [{ text, doc: text }] };
}

function resolved(file: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const path = join(dirname(file), specifier).replace(/\.[jt]s$/, ".d.ts");
  return existsSync(path) ? path : undefined;
}
