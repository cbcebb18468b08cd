/** Names and shapes: folder pages, folder and file names, index files that only re-export. */
import { posix } from "node:path";
import type { Finding } from "../finding.ts";
import { blank } from "../source-code.ts";
import { isGenerated, isProduct, sources } from "../tree.ts";
import type { Tree } from "../tree.ts";

const INDEX_LINES_MAX = 40;
const VAGUE = new Set(["utils", "util", "helpers", "misc", "lib"]);
const FILE_NAME = /^[a-z0-9]+(-[a-z0-9]+)*(\.(property|peers|fixture))*(\.(test|config|d))?\.ts$/;

/** A folder that holds source files says in its README.md what it owns; outside the product its parent's page will do. */
export function folderPages(tree: Tree): Finding[] {
  const folders = new Set(sources(tree).map(([path]) => posix.dirname(path)));
  folders.delete(".");
  return [...folders]
    .filter((folder) => !tree.files.has(`${folder}/README.md`))
    .filter((folder) => isProduct(`${folder}/`) || !tree.files.has(`${posix.dirname(folder)}/README.md`))
    .map((file) => ({ file, message: "has no README.md that says what the folder owns" }));
}

export function fileNames(tree: Tree): Finding[] {
  return [...tree.files.keys()]
    .filter((path) => !isGenerated(path))
    .flatMap((file) => {
      const vague = file.split("/").find((part) => VAGUE.has(part));
      if (vague !== undefined) return [{ file, message: `lies in a folder called ${vague}: name what it holds` }];
      if (!file.endsWith(".ts") || FILE_NAME.test(posix.basename(file))) return [];
      return [{ file, message: "is not named in kebab-case" }];
    });
}

export function indexFiles(tree: Tree): Finding[] {
  return sources(tree)
    .filter(([path]) => posix.basename(path) === "index.ts" && /^(base|rpc|api|server|sdk|cli)\//.test(path))
    .flatMap(([file, text]) => {
      const lines = text.trimEnd().split("\n").length;
      if (lines > INDEX_LINES_MAX) return [{ file, message: `has ${lines} lines, the limit is ${INDEX_LINES_MAX}` }];
      const code = blank(text, "strings");
      const rest = code.replace(/\bexport\s+(type\s+)?(\*(\s+as\s+\w+)?|\{[^}]*\})\s+from\s+(["'])[^"']+\4;/g, "");
      return rest.trim() === "" ? [] : [{ file, message: "does more than re-export" }];
    });
}
