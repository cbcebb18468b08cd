/**
 * Imports point one way. The table says which folders a folder may import; everything else is a finding.
 *
 * 1. The roles of `server/` meet only at the doors listed below. `server/*.ts` and `server/command/` wire and start them
 *    and see all of each.
 * 2. Product code imports no package but those listed below: only Node's own modules and this repository.
 * 3. The folders of `sdk/` build on each other in the order of their table. What workflow code loads (`common/`,
 *    `workflow/`) imports no module of Node, because it also runs in a sandbox; `host/` folders are not loaded there.
 * 4. Nothing in the product imports tests, simulation, bench, tools or examples.
 */
import { posix } from "node:path";
import { lineAt } from "../finding.ts";
import type { Finding } from "../finding.ts";
import { blank } from "../source-code.ts";
import { isProduct, isTest, sources } from "../tree.ts";
import type { Tree } from "../tree.ts";

const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  rpc: ["base"],
  api: ["base"],
  server: ["base", "rpc", "api"],
  sdk: ["base", "rpc", "api"],
  cli: ["base", "rpc", "api", "sdk", "server"],
  packages: ["server", "sdk", "cli"],
};

/** Files of a role that other roles may import. */
const DOORS: Readonly<Record<string, readonly string[]>> = {
  frontend: ["index.ts"],
  history: ["index.ts"],
  matching: ["index.ts", "matching.ts"],
  visibility: ["index.ts"],
  worker: ["index.ts"],
  store: ["index.ts", "store.ts", "bulk.ts", "visibility.ts", "errors.ts"],
};

/** Folders of the SDK that a folder of it may import. */
const SDK: Readonly<Record<string, readonly string[]>> = {
  common: [],
  workflow: ["common"],
  activity: ["common", "client"],
  connection: ["common"],
  client: ["common", "connection"],
  worker: ["common", "workflow", "activity", "connection", "client"],
  opentelemetry: ["common", "workflow", "activity", "client", "worker"],
  extras: ["common", "workflow", "activity", "client", "worker"],
  testing: ["common", "workflow", "activity", "connection", "client", "worker"],
};

/** Packages that a folder of the product may import. */
const PACKAGES: readonly (readonly [folder: string, packages: readonly string[]])[] = [
  ["sdk/worker/sandbox/", ["sucrase", "esbuild"]],
  ["sdk/opentelemetry/", ["@opentelemetry/api"]],
  ["server/dynamic-config/", ["yaml"]],
  ["server/store/postgres/", ["pg"]],
];

const IMPORT = /\b(?:import|export)\b[^"'`;]*?\bfrom\s*(["'])([^"'\n]+)\1|\bimport\s*\(?\s*(["'])([^"'\n]+)\3/g;

export interface Import {
  readonly specifier: string;
  readonly line: number;
}

export function importsOf(text: string): Import[] {
  return [...blank(text, "strings").matchAll(IMPORT)].map((match) => ({
    specifier: (match[2] ?? match[4]) as string,
    line: lineAt(text, match.index),
  }));
}

export function importDirection(tree: Tree): Finding[] {
  return sources(tree).flatMap(([file, text]) =>
    importsOf(text).flatMap(({ specifier, line }) => {
      const message = specifier.startsWith(".") ? relativeImport(file, specifier) : packageImport(file, specifier);
      return message === undefined ? [] : [{ file, line, message }];
    }),
  );
}

function packageImport(file: string, specifier: string): string | undefined {
  if (!isProduct(file)) return undefined;
  if (specifier.startsWith("node:")) return nodeImport(file, specifier);
  const listed = PACKAGES.find(([folder]) => file.startsWith(folder))?.[1] ?? [];
  if (listed.includes(specifier)) return undefined;
  return `imports ${specifier}: product code has no dependencies but Node's own modules`;
}

function nodeImport(file: string, specifier: string): string | undefined {
  const isSandboxed = /^sdk\/(common|workflow)\//.test(file) && !file.includes("/host/") && !isTest(file);
  return isSandboxed ? `imports ${specifier}: this file also runs in a sandbox` : undefined;
}

function relativeImport(file: string, specifier: string): string | undefined {
  const target = posix.join(posix.dirname(file), specifier);
  const from = root(file);
  const to = root(target);
  const allowed = MAY_IMPORT[from];
  if (allowed === undefined || isTest(file)) return undefined;
  if (file.startsWith("sdk/testing/") && to === "server") return undefined;
  if (from === "sdk" && to === "sdk") return betweenSdkFolders(file, target);
  if (from !== to && !allowed.includes(to)) {
    const list = allowed.length === 0 ? "nothing else" : allowed.join(", ");
    return `imports ${target}: ${from}/ may import ${list}`;
  }
  if (from === "server" && to === "server") return betweenRoles(file, target);
  return undefined;
}

function betweenSdkFolders(file: string, target: string): string | undefined {
  const [from, to] = [file, target].map((path) => path.split("/")[1] as string) as [string, string];
  if (from === to || !(from in SDK) || SDK[from]?.includes(to)) return undefined;
  return `imports ${target}: sdk/${from}/ may import ${SDK[from]?.join(", ") || "nothing else"}`;
}

function betweenRoles(file: string, target: string): string | undefined {
  const from = role(file);
  const to = role(target);
  const doors = DOORS[to ?? ""];
  if (from === undefined || from === to || from === "command" || doors === undefined) return undefined;
  if (doors.some((door) => target === `server/${to}/${door}`)) return undefined;
  return `imports ${target}: other roles enter server/${to}/ through ${doors.join(", ")}`;
}

function root(path: string): string {
  return path.slice(0, path.indexOf("/"));
}

/** undefined for the files directly in `server/`. */
function role(path: string): string | undefined {
  const parts = path.split("/");
  return parts.length > 2 ? parts[1] : undefined;
}
