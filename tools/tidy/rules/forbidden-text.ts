/** Words that have no place in what is committed: notes to oneself, and paths of one machine. */
import { lineAt } from "../finding.ts";
import type { Finding } from "../finding.ts";
import type { Tree } from "../tree.ts";

const FORBIDDEN: readonly { readonly pattern: RegExp; readonly reason: string }[] = [
  {
    pattern: /\b(?:TO[D]O|FIX[M]E|XX[X])\b/g,
    reason: "is a note to oneself: do it, or write it down in docs/decisions/",
  },
  { pattern: /(?<![\w.~}*-])\/(?:work|root|home\/\w+|Users\/\w+)\/[\w.-]+/g, reason: "is a path of one machine" },
  { pattern: /"resolved": "https?:[^"]*"/g, reason: "names a registry: the lock file must work with any" },
];

const EXEMPT = /(^|\/)(gen|recordings)\//;

export function forbiddenText(tree: Tree): Finding[] {
  return [...tree.files]
    .filter(([path]) => !EXEMPT.test(path))
    .flatMap(([file, text]) => [
      ...FORBIDDEN.flatMap(({ pattern, reason }) =>
        [...text.matchAll(pattern)].map((match) => ({
          file,
          line: lineAt(text, match.index),
          message: `${match[0]} ${reason}`,
        })),
      ),
      ...ownPath(tree, file, text),
    ]);
}

function ownPath(tree: Tree, file: string, text: string): Finding[] {
  const at = text.indexOf(`${tree.root}/`);
  return at === -1 ? [] : [{ file, line: lineAt(text, at), message: "contains the path of this checkout" }];
}
