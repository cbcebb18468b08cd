import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The repository's own text files, by path from its root with forward slashes. Rules see nothing else of the disk. */
export interface Tree {
  readonly root: string;
  readonly files: ReadonlyMap<string, string>;
}

const BINARY = /\.(png|jpg|gif|ico|woff2?|gz|tgz|zip|bin|db|wasm)$/;

/** What is committed or about to be: tracked files and new ones that are not ignored. */
export function readTree(root: string): Tree {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  const files = new Map<string, string>();
  for (const path of listed.split("\0")) {
    if (path === "" || BINARY.test(path) || files.has(path)) continue;
    const full = join(root, path);
    if (existsSync(full)) files.set(path, readFileSync(full, "utf8"));
  }
  return { root, files };
}

/** Tests, what only tests use, and suites that tests of several implementations share. */
export function isTest(path: string): boolean {
  return /[.-](test|fixture)\.ts$|\/conformance(\/|\.ts$)|^(tests|simulation)\//.test(path);
}

export function isGenerated(path: string): boolean {
  return path.split("/").includes("gen");
}

/** TypeScript written by hand. */
export function sources(tree: Tree): [path: string, text: string][] {
  return [...tree.files].filter(([path]) => path.endsWith(".ts") && !isGenerated(path));
}

/** Folders that make up the published package. */
export function isProduct(path: string): boolean {
  return /^(base|rpc|api|server|sdk|cli)\//.test(path) && !isTest(path);
}
