/** The public surface of the package as texts, one for each entry. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Declarations } from "./entry-exports.ts";
import type { Declared } from "./entry-exports.ts";

export interface ApiReport {
  /** By the name of their file. */
  readonly texts: ReadonlyMap<string, string>;
  /** `ENTRY NAME` of what is exported without a comment. */
  readonly undocumented: readonly string[];
  readonly names: NamesByEntry;
}

/** All names of each entry. */
export type NamesByEntry = ReadonlyMap<string, ReadonlySet<string>>;

/** What others are made of comes first: an entry tells what those before it have not. */
const ORDER = ["common", "activity", "workflow", "client", "worker", "testing", "server"];

/** @param folder of the emitted declarations */
export function apiReport(checkout: string, folder: string): ApiReport {
  const declarations = new Declarations();
  const told = new Map<string, string>();
  const texts = new Map<string, string>();
  const undocumented = new Set<string>();
  const names = new Map<string, ReadonlySet<string>>();
  for (const { entry, file } of entriesOf(checkout)) {
    const path = join(folder, "packages/perdure", file.replace(/\.ts$/, ".d.ts"));
    const lines: string[] = [];
    const exported = declarations.exportsOf(path);
    names.set(entry, new Set(exported.keys()));
    for (const [name, declared] of exported) {
      const key = `${declared.file}#${declared.name}`;
      const owner = told.get(key);
      if (owner === undefined) {
        told.set(key, `${packageName(entry)} ${name}`);
        lines.push(textOf(name, declared));
        if (!declared.statements.some(({ doc }) => doc !== undefined))
          undocumented.add(`${packageName(entry)} ${name}`);
      } else lines.push(`${name} = ${owner}\n`);
    }
    texts.set(`${entry}.txt`, `${packageName(entry)}\n\n${lines.join("")}`);
  }
  return { texts, undocumented: [...undocumented], names };
}

interface Entry {
  /** `index` for the package itself. */
  readonly entry: string;
  readonly file: string;
}

function entriesOf(checkout: string): Entry[] {
  const manifest = JSON.parse(readFileSync(join(checkout, "packages/perdure/package.json"), "utf8")) as {
    exports: Record<string, string>;
  };
  const entries = Object.entries(manifest.exports)
    .filter(([, file]) => file.endsWith(".ts"))
    .map(([name, file]) => ({ entry: name === "." ? "index" : name.slice(2), file }));
  const rank = ({ entry }: Entry): number => (ORDER.includes(entry) ? ORDER.indexOf(entry) : ORDER.length);
  return entries.toSorted((a, b) => rank(a) - rank(b));
}

function packageName(entry: string): string {
  return entry === "index" ? "perdure" : `perdure/${entry}`;
}

function textOf(name: string, { name: ownName, statements }: Declared): string {
  const alias = name === ownName ? "" : `${name}: `;
  return statements.map(({ text }) => `${alias}${text.replace(/^export /, "").replace(/^declare /, "")}\n`).join("");
}
