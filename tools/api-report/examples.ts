/**
 * The code in comments and documents, as modules for the compiler.
 *
 * An example may leave out imports from the package (they are added) and use the things of `examples-world.ts`, which
 * stand for the reader's own program. Those that begin with `// file: NAME` can be imported by others of their page.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { NamesByEntry } from "./report.ts";

export interface Example {
  /** File and line of its first line. */
  readonly place: string;
  /** Path of its module, below a folder for all. */
  readonly module: string;
  readonly code: string;
  /** The entry whose names come first when several have one. */
  readonly entry: string;
}

const SOURCES = ["sdk", "packages/perdure"];
const DOCUMENTS = ["docs/sdk", "README.md", "packages/perdure/README.md"];

export function findExamples(checkout: string): Example[] {
  const files = [
    ...SOURCES.flatMap((folder) => filesIn(checkout, folder, ".ts")),
    ...DOCUMENTS.flatMap((path) => (path.endsWith(".md") ? [path] : filesIn(checkout, path, ".md"))),
  ];
  return files.flatMap((file) => examplesOf(file, readFileSync(join(checkout, file), "utf8")));
}

function filesIn(checkout: string, folder: string, ending: string): string[] {
  return readdirSync(join(checkout, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending) && !/\.(?:test|d)\.ts$/.test(entry.name))
    .map((entry) => relative(checkout, join(entry.parentPath, entry.name)))
    .filter((path) => !/(?:^|\/)(?:dist|node_modules)\//.test(path))
    .toSorted();
}

const FENCE = /^(?<margin> *\* ?|)```ts\n(?<body>[^]*?)^(?: *\* ?|)```$/gm;

export function examplesOf(file: string, text: string): Example[] {
  const page = file.replaceAll(/[^\w]+/g, "-");
  return [...text.matchAll(FENCE)].map(({ groups, index }, at) => {
    const margin = groups?.["margin"] ?? "";
    const code = margin === "" ? (groups?.["body"] as string) : unmargined(groups?.["body"] as string);
    const name = /^\/\/ file: (\S+)/.exec(code)?.[1] ?? `example-${at + 1}.ts`;
    const line = text.slice(0, index).split("\n").length + 1;
    return { place: `${file}:${line}`, module: `${page}/${name}`, code, entry: entryOf(file) };
  });
}

function unmargined(body: string): string {
  return body
    .split("\n")
    .map((line) => line.replace(/^ *\* ?/, ""))
    .join("\n");
}

function entryOf(file: string): string {
  const folder = /^sdk\/(\w+)\//.exec(file)?.[1] ?? "workflow";
  return folder === "connection" ? "client" : folder;
}

const ORDER = [
  "workflow",
  "common",
  "client",
  "worker",
  "testing",
  "server",
  "extras",
  "codecs",
  "activity",
  "opentelemetry",
  "index",
];

/** The example as a module: with the imports that it left out. */
export function moduleOf({ code, entry }: Example, names: NamesByEntry, world: ReadonlySet<string>): string {
  const bare = withoutStrings(code);
  const declared = declaredIn(code);
  const used = new Set(bare.match(/(?:(?<=\.{3})|(?<![.\w$]))[A-Za-z_$][\w$]*/g) ?? []);
  const lines: string[] = [];
  for (const name of used) {
    if (declared.has(name)) continue;
    if (world.has(name)) lines.push(`import { ${name} } from "../examples-world.ts";`);
    else {
      const from = [entry, ...ORDER].find((each) => names.get(each)?.has(name));
      if (from !== undefined)
        lines.push(`import { ${name} } from "${from === "index" ? "perdure" : `perdure/${from}`}";`);
    }
  }
  return `${lines.join(" ")}\n${code}\nexport {};\n`;
}

function withoutStrings(code: string): string {
  return code
    .replaceAll(/\/\/.*$/gm, "")
    .replaceAll(/"(?:[^"\\\n]|\\.)*"/g, '""')
    .replaceAll(/'(?:[^'\\\n]|\\.)*'/g, "''")
    .replaceAll(/^ *[\w$]+:/gm, "");
}

const DECLARED = /\b(?:const|let|var|function\*?|class|interface|type|import|as)\s+(?:\* as )?([\w$]+)/g;
const LISTED = /\b(?:const|let|var|import|import type)\s+\{([^}]*)\}/g;

function declaredIn(code: string): Set<string> {
  const lists = [...code.matchAll(LISTED)].flatMap(([, list]) => (list as string).split(","));
  const listed = lists.map((item) => (item.split(/\s+as\s+|:/).at(-1) ?? "").replace(/^type /, "").trim());
  return new Set([...[...code.matchAll(DECLARED)].map(([, name]) => name as string), ...listed]);
}

/** What `examples-world.ts` exports. */
export function worldNames(source: string): Set<string> {
  const names = source.matchAll(/^export (?:declare )?(?:const|function|class|\{) ([\w$]+)/gm);
  return new Set([...names].map(([, name]) => name as string));
}
