/** What module resolution needs of `package.json`, and Node's rules for its `exports` and `imports`. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface PackageManifest {
  readonly folder: string;
  readonly name: string | undefined;
  readonly isModule: boolean;
  readonly main: string | undefined;
  readonly exports: unknown;
  readonly imports: unknown;
}

/** Reads each manifest once. */
export class PackageManifests {
  readonly #byFolder = new Map<string, PackageManifest | undefined>();

  in(folder: string): PackageManifest | undefined {
    if (!this.#byFolder.has(folder)) this.#byFolder.set(folder, read(folder));
    return this.#byFolder.get(folder);
  }

  /** The manifest of the package that `file` belongs to. */
  of(file: string): PackageManifest | undefined {
    for (let folder = dirname(file); ; folder = dirname(folder)) {
      const manifest = this.in(folder);
      if (manifest !== undefined || folder === dirname(folder)) return manifest;
    }
  }
}

function read(folder: string): PackageManifest | undefined {
  let text: string;
  try {
    text = readFileSync(join(folder, "package.json"), "utf8");
  } catch {
    return undefined; // No manifest here: the folder belongs to the package above.
  }
  const json = JSON.parse(text) as Record<string, unknown>;
  return {
    folder,
    name: typeof json["name"] === "string" ? json["name"] : undefined,
    isModule: json["type"] === "module",
    main: mainOf(json),
    exports: json["exports"],
    imports: json["imports"],
  };
}

function mainOf(json: Record<string, unknown>): string | undefined {
  const main = json["main"];
  return typeof main === "string" && main !== "" ? main : undefined;
}

/** Where `subpath` ("." or "./x") leads; undefined when the package does not export it. */
export function exportTarget(exports: unknown, subpath: string, conditions: ReadonlySet<string>): string | undefined {
  const table = isSubpathTable(exports) ? exports : { ".": exports };
  return tableTarget(table, subpath, conditions);
}

/** Where `specifier` ("#x") leads: a relative path or another package's name. */
export function importTarget(imports: unknown, specifier: string, conditions: ReadonlySet<string>): string | undefined {
  return isRecord(imports) ? tableTarget(imports, specifier, conditions) : undefined;
}

function tableTarget(
  table: Readonly<Record<string, unknown>>,
  key: string,
  conditions: ReadonlySet<string>,
): string | undefined {
  if (key in table && !key.includes("*")) return conditionTarget(table[key], "", conditions);
  let best: { pattern: string; rest: string } | undefined;
  for (const pattern of Object.keys(table)) {
    const rest = starOf(pattern, key);
    if (rest === undefined) continue;
    // The longest text before the star wins.
    if (best === undefined || pattern.indexOf("*") > best.pattern.indexOf("*")) best = { pattern, rest };
  }
  return best === undefined ? undefined : conditionTarget(table[best.pattern], best.rest, conditions);
}

function starOf(pattern: string, key: string): string | undefined {
  const star = pattern.indexOf("*");
  if (star < 0) return undefined;
  const [head, tail] = [pattern.slice(0, star), pattern.slice(star + 1)];
  const fits = key.length >= head.length + tail.length && key.startsWith(head) && key.endsWith(tail);
  return fits ? key.slice(star, key.length - tail.length) : undefined;
}

function conditionTarget(target: unknown, star: string, conditions: ReadonlySet<string>): string | undefined {
  if (typeof target === "string") return target.replaceAll("*", star);
  if (Array.isArray(target)) {
    for (const one of target) {
      const found = conditionTarget(one, star, conditions);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (!isRecord(target)) return undefined;
  for (const [condition, nested] of Object.entries(target)) {
    if (!conditions.has(condition)) continue;
    const found = conditionTarget(nested, star, conditions);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isSubpathTable(exports: unknown): exports is Record<string, unknown> {
  return isRecord(exports) && Object.keys(exports).every((key) => key.startsWith("."));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
