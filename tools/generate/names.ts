/**
 * The one-word names of messages and enums.
 *
 * A name that is unique over all packages stays; nested types are joined to their parent by an underscore. Of several
 * with one name, those of a main package keep it and the others are prefixed by their package's noun. The names of
 * `update` are too general to stand alone and always carry it.
 */
const mainPackages = new Set(["common", "failure", "protobuf"]);
const alwaysPrefixed = new Set(["update"]);

export interface Named {
  /** `temporal.api.common.v1` */
  packageName: string;
  /** `["Link", "WorkflowEvent"]` */
  path: string[];
}

export function chooseNames<T extends Named>(types: readonly T[]): Map<T, string> {
  const shortCounts = new Map<string, number>();
  for (const type of types) {
    if (type.path.length === 1) shortCounts.set(type.path[0]!, (shortCounts.get(type.path[0]!) ?? 0) + 1);
  }
  const names = new Map<T, string>();
  const taken = new Map<string, T>();
  for (const type of types) {
    const name = [topName(type, shortCounts), ...type.path.slice(1)].join("_");
    const other = taken.get(name);
    if (other !== undefined) {
      throw new Error(`${name} names both ${describe(type)} and ${describe(other)}: extend the rule in names.ts`);
    }
    taken.set(name, type);
    names.set(type, name);
  }
  return names;
}

function topName(type: Named, shortCounts: ReadonlyMap<string, number>): string {
  const short = type.path[0]!;
  const noun = packageNoun(type.packageName);
  const prefixed = alwaysPrefixed.has(noun) || ((shortCounts.get(short) ?? 0) > 1 && !mainPackages.has(noun));
  const prefix = noun[0]!.toUpperCase() + noun.slice(1);
  return prefixed && !short.startsWith(prefix) ? prefix + short : short;
}

/** `temporal.api.nexus.v1` → `nexus` */
function packageNoun(packageName: string): string {
  const parts = packageName.split(".").filter((part) => !/^v\d+$/.test(part));
  return parts[parts.length - 1]!;
}

function describe(type: Named): string {
  return [type.packageName, ...type.path].join(".");
}
