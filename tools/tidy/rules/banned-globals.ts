/** Time, randomness and the environment come through `base/`, so that the simulation can drive the whole server. */
import { lineAt } from "../finding.ts";
import type { Finding } from "../finding.ts";
import { blank } from "../source-code.ts";
import { isProduct, sources } from "../tree.ts";
import type { Tree } from "../tree.ts";

const BANNED: readonly { readonly pattern: RegExp; readonly instead: string }[] = [
  { pattern: /\bDate\.now\b/g, instead: "take a Clock" },
  { pattern: /\bnew Date\(\s*\)/g, instead: "take a Clock" },
  { pattern: /\bMath\.random\b/g, instead: "take a Random" },
  { pattern: /\b(?:randomUUID|randomBytes|randomFillSync)\b/g, instead: "take a Random" },
  { pattern: /(?<![.\w])(?:setTimeout|setInterval|setImmediate)\b/g, instead: "take Timers" },
  { pattern: /\bprocess\.env\b/g, instead: "take a setting from the caller" },
];

export function bannedGlobals(tree: Tree): Finding[] {
  return sources(tree)
    .filter(([path]) => isProduct(path) && !path.startsWith("base/") && !path.endsWith("/main.ts"))
    .flatMap(([file, text]) => {
      const code = blank(text, "only code");
      return BANNED.flatMap(({ pattern, instead }) =>
        [...code.matchAll(pattern)].map((match) => ({
          file,
          line: lineAt(text, match.index),
          message: `${match[0]} is banned here: ${instead}`,
        })),
      );
    });
}
