/**
 * Platform packages in the lock file. `npm ci` refuses a lock file in which an optional dependency has no entry, and
 * `npm install` leaves out those that the registry at hand does not carry, which for a mirror can be other platforms'.
 * Their entries follow from their names; without a checksum, npm takes what the registry gives.
 */
export interface LockEntry {
  version?: string;
  optionalDependencies?: Record<string, string>;
  dev?: boolean;
  optional?: boolean;
  os?: readonly string[] | string;
  cpu?: readonly string[] | string;
  libc?: readonly string[];
}

export type LockPackages = Record<string, LockEntry>;

const SYSTEMS = new Set(["android", "darwin", "freebsd", "linux", "openharmony", "win32"]);
const PROCESSORS = new Set(["arm", "arm64", "ia32", "loong64", "ppc64", "riscv64", "s390x", "x64"]);

/** Optional dependencies without an entry, with the version that is asked for. */
export function missingPlatforms(packages: LockPackages): Map<string, string> {
  const present = new Set(Object.keys(packages).map((path) => path.slice(path.lastIndexOf("node_modules/"))));
  const asked = Object.values(packages).flatMap((entry) => Object.entries(entry.optionalDependencies ?? {}));
  return new Map(asked.filter(([name]) => !present.has(`node_modules/${name}`)));
}

export function platformEntry(name: string, version: string): LockEntry {
  const words = name.slice(name.indexOf("/") + 1).split(/[-_]/);
  const os = words.filter((word) => SYSTEMS.has(word));
  const cpu = words.filter((word) => PROCESSORS.has(word));
  const last = words.at(-1) ?? "";
  const libc = last.includes("musl") ? ["musl"] : last === "gnu" ? ["glibc"] : undefined;
  if (os.length === 0) throw new Error(`the name ${name} does not say which platform it is for`);
  return { version: version.replace(/^[~^]/, ""), cpu, dev: true, ...(libc && { libc }), optional: true, os };
}

export function completed(packages: LockPackages): LockPackages {
  const added = [...missingPlatforms(packages)].map(
    ([name, version]) => [`node_modules/${name}`, platformEntry(name, version)] as const,
  );
  const { "": root, ...rest } = { ...packages, ...Object.fromEntries(added) };
  const sorted = Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...(root && { "": root }), ...Object.fromEntries(sorted) };
}
