import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const require = createRequire(import.meta.url);

/** Names that are ours alone, with the reason. */
const EXTRA: Readonly<Record<string, readonly string[]>> = {
  // Types of parameters of public functions, which the official package keeps to itself.
  workflow: [
    ...["DefaultQueryHandler", "DefaultSignalHandler", "DefaultUpdateHandler", "Handler", "UpdateInfo"],
    ...["QueryHandlerOptions", "SignalHandlerOptions", "UpdateHandlerOptions", "UpdateValidator"],
  ],
  activity: [],
};

test.each(["workflow", "activity"])("%s exports the same values and types as the official package", (name) => {
  const official = namesIn(require.resolve(`@temporalio/${name}/lib/index.d.ts`));
  const ours = namesIn(join(import.meta.dirname, "..", name, "index.ts"));
  const extra = new Set(EXTRA[name]);
  expect([...ours].filter((each) => !extra.has(each)).toSorted()).toEqual(
    [...official].filter((each) => !extra.has(each)).toSorted(),
  );
});

const DECLARED =
  /^export (?:declare )?(?:abstract )?(?:async )?(?:class|function|const|let|interface|type|enum) (?:\[(?<list>[^\]]+)\]|(?<name>\w+))/gm;
const LISTED = /^export (?:type )?\{(?<list>[^}]*)\}(?: from ["'](?<path>[^"']+)["'])?;?/gm;
const STARRED = /^export (?:type )?\* from ["'](?<path>[^"']+)["']/gm;
const MORE_DECLARED = /^export declare const \w+: .*?, (?<more>(?:decode|encode)\w+):/gm;

/** What a module exports, with what it exports of others. */
function namesIn(file: string): Set<string> {
  const text = readFileSync(file, "utf8").replaceAll(/\/\*.*?\*\/|\/\/[^\n]*/gs, "");
  const names = new Set<string>();
  for (const { groups } of text.matchAll(DECLARED)) {
    for (const name of (groups?.["list"] ?? groups?.["name"] ?? "").split(",")) names.add(name.trim());
  }
  for (const { groups } of text.matchAll(MORE_DECLARED)) names.add(groups?.["more"] as string);
  for (const { groups } of text.matchAll(LISTED)) {
    for (const part of (groups?.["list"] ?? "").split(",")) {
      const name = part
        .trim()
        .replace(/^type /, "")
        .split(" as ")
        .at(-1)
        ?.trim();
      if (name) names.add(name);
    }
  }
  for (const { groups } of text.matchAll(STARRED)) {
    for (const name of namesIn(resolve(file, groups?.["path"] as string))) names.add(name);
  }
  return names;
}

function resolve(from: string, path: string): string {
  if (path.endsWith(".ts")) return join(dirname(from), path);
  return path.startsWith(".") ? join(dirname(from), `${path}.d.ts`) : require.resolve(`${path}.d.ts`);
}
