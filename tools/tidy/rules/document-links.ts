/** Relative links in documents lead somewhere: to a file or folder of the repository, and to a heading that exists. */
import { posix } from "node:path";
import { lineAt } from "../finding.ts";
import type { Finding } from "../finding.ts";
import type { Tree } from "../tree.ts";

const LINK = /\[[^\]]*\]\(([^)\s]+)\)/g;

export function documentLinks(tree: Tree): Finding[] {
  const folders = new Set([...tree.files.keys()].flatMap(parents));
  return [...tree.files]
    .filter(([path]) => path.endsWith(".md"))
    .flatMap(([file, text]) =>
      [...withoutCode(text).matchAll(LINK)].flatMap((match) => {
        const message = broken(tree, folders, { file, link: match[1] as string });
        return message === undefined ? [] : [{ file, line: lineAt(text, match.index), message }];
      }),
    );
}

function broken(tree: Tree, folders: Set<string>, { file, link }: { file: string; link: string }): string | undefined {
  if (/^[a-z]+:/.test(link)) return undefined;
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? file : posix.join(posix.dirname(file), path).replace(/\/$/, "");
  const text = tree.files.get(target);
  if (text === undefined && !folders.has(target)) return `links to ${link}, which does not exist`;
  if (anchor === undefined || text === undefined || !target.endsWith(".md")) return undefined;
  return headings(text).has(anchor) ? undefined : `links to ${link}, but ${target} has no such heading`;
}

function parents(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return ["."].concat(parts.map((_, i) => parts.slice(0, i + 1).join("/")));
}

/** Fenced blocks and inline code hold no links; blanked, so that offsets stay true. */
function withoutCode(text: string): string {
  return text.replace(/^```[\s\S]*?^```|`[^`\n]*`/gm, (code) => code.replace(/[^\n]/g, " "));
}

function headings(text: string): Set<string> {
  return new Set([...text.matchAll(/^#+ (.*)$/gm)].map((match) => slug(match[1] as string)));
}

/** GitHub's: lower case, punctuation gone, spaces to hyphens. */
function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-");
}
