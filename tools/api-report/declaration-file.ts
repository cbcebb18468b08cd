/** What one declaration file declares, imports and hands on. */
import { statementsOf } from "./statements.ts";
import type { Statement } from "./statements.ts";

/** A name of another file, or of this one when `from` is undefined; `*` stands for all names. */
export interface Reference {
  readonly name: string;
  readonly from: string | undefined;
}

export interface DeclarationFile {
  readonly declared: ReadonlyMap<string, readonly Statement[]>;
  /** Names that come from other files, by how they are called here. */
  readonly imported: ReadonlyMap<string, Reference>;
  readonly exported: ReadonlyMap<string, Reference>;
  /** Files all of whose names are exported. */
  readonly stars: readonly string[];
}

const DECLARATION =
  /^(?<exported>export )?(?<isDefault>default )?(?:declare )?(?:abstract )?(?:async )?(?:class|interface|namespace|module|enum|type|function|const|let|var)\s+(?<name>[\w$]+)/;
const STAR = /^export (?:type )?\*(?: as (?<name>[\w$]+))? from ["'](?<from>[^"']+)["']/;
const LIST = /^(?<word>export|import) (?:type )?(?:[\w$]+, )?\{(?<names>[^}]*)\}(?: from ["'](?<from>[^"']+)["'])?/s;
const NAMESPACE = /^import (?:type )?\* as (?<name>[\w$]+) from ["'](?<from>[^"']+)["']/;

export function readDeclarations(source: string): DeclarationFile {
  const declared = new Map<string, Statement[]>();
  const imported = new Map<string, Reference>();
  const exported = new Map<string, Reference>();
  const stars: string[] = [];
  for (const statement of statementsOf(source)) {
    const { text } = statement;
    const star = STAR.exec(text)?.groups;
    if (star !== undefined) {
      if (star["name"] === undefined) stars.push(star["from"] as string);
      else exported.set(star["name"], { name: "*", from: star["from"] });
      continue;
    }
    const namespace = NAMESPACE.exec(text)?.groups;
    if (namespace !== undefined) {
      imported.set(namespace["name"] as string, { name: "*", from: namespace["from"] });
      continue;
    }
    const list = LIST.exec(text)?.groups;
    if (list !== undefined) {
      for (const [name, alias] of namesOf(list["names"] as string)) {
        if (list["word"] === "export") exported.set(alias, { name, from: list["from"] });
        else imported.set(alias, { name, from: list["from"] });
      }
      continue;
    }
    const { exported: isExported, isDefault, name } = DECLARATION.exec(text)?.groups ?? {};
    if (name === undefined) continue;
    for (const each of [name, ...furtherNames(text)]) {
      declared.set(each, [...(declared.get(each) ?? []), statement]);
      if (isExported !== undefined)
        exported.set(isDefault === undefined ? each : "default", { name: each, from: undefined });
    }
  }
  return { declared, imported, exported, stars };
}

/** `a, type b as c` as pairs of the name there and the name here. */
function namesOf(list: string): [string, string][] {
  return list
    .split(",")
    .map((item) => item.trim().replace(/^type /, ""))
    .filter((item) => item !== "")
    .map((item) => {
      const [name, alias] = item.split(/\s+as\s+/);
      return [name as string, alias ?? (name as string)];
    });
}

/** Those of `const a: A, b: B`, which is how `const [a, b]` is declared. */
function furtherNames(text: string): string[] {
  if (!/^(?:export )?(?:declare )?(?:const|let|var)\b/.test(text)) return [];
  let depth = 0;
  const names: string[] = [];
  for (const [index, character] of [...text].entries()) {
    if ("{([<".includes(character)) depth++;
    else if ("})]".includes(character) || (character === ">" && text[index - 1] !== "=")) depth--;
    else if (character === "," && depth === 0) {
      const name = /^,\s*([\w$]+):/.exec(text.slice(index))?.[1];
      if (name !== undefined) names.push(name);
    }
  }
  return names;
}
