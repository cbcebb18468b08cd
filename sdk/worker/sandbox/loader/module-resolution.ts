/**
 * Which file an import means, by Node's rules and the two that TypeScript adds: an import without an ending finds the
 * file with one, and an import of `x.js` finds `x.ts` when only that is there.
 */
import { realpathSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { exportTarget, importTarget, PackageManifests } from "./package-manifest.ts";

/** What a file is written in: packages may export different files to each. */
export type ModuleKind = "esm" | "commonjs";

/** Conditions in `exports` of a package. */
const CONDITION_OF_ESM = "import";
const CONDITION_OF_COMMONJS = "require";

const ENDINGS = [".ts", ".mts", ".cts", ".js", ".mjs", ".cjs", ".json"] as const;

/** What an ending in an import may stand for in the source tree. */
const WRITTEN_AS: Readonly<Record<string, readonly string[]>> = {
  ".js": [".ts", ".tsx"],
  ".mjs": [".mts"],
  ".cjs": [".cts"],
};

export class ModuleResolution {
  readonly manifests = new PackageManifests();
  readonly #conditions: Readonly<Record<ModuleKind, ReadonlySet<string>>>;

  constructor(extraConditions: readonly string[] = []) {
    const shared = [...extraConditions, "default"];
    this.#conditions = {
      esm: new Set([CONDITION_OF_ESM, ...shared]),
      commonjs: new Set([CONDITION_OF_COMMONJS, ...shared]),
    };
  }

  /** The path of the file, or undefined when there is none. */
  resolve(specifier: string, importer: string, kind: ModuleKind): string | undefined {
    if (specifier.startsWith("file:")) return this.file(fileURLToPath(specifier));
    if (/^\.{0,2}\//.test(specifier) || specifier === "." || specifier === "..") {
      return this.file(resolve(dirname(importer), specifier));
    }
    if (specifier.startsWith("#")) return this.#ownImport(specifier, importer, kind);
    return this.#fromPackage(specifier, importer, kind);
  }

  /** The file that a path means, with its ending or `index` added when they are missing. */
  file(path: string): string | undefined {
    const found = exactOrWithEnding(path) ?? this.#folder(path);
    return found === undefined ? undefined : realpathSync(found);
  }

  #folder(path: string): string | undefined {
    if (!isFolder(path)) return undefined;
    const main = this.manifests.in(path)?.main;
    const fromMain = main === undefined ? undefined : exactOrWithEnding(join(path, main));
    return fromMain ?? exactOrWithEnding(join(path, main ?? "", "index")) ?? exactOrWithEnding(join(path, "index"));
  }

  #ownImport(specifier: string, importer: string, kind: ModuleKind): string | undefined {
    const manifest = this.manifests.of(importer);
    const target = importTarget(manifest?.imports, specifier, this.#conditions[kind]);
    if (manifest === undefined || target === undefined) return undefined;
    return target.startsWith("./")
      ? this.file(join(manifest.folder, target))
      : this.#fromPackage(target, importer, kind);
  }

  #fromPackage(specifier: string, importer: string, kind: ModuleKind): string | undefined {
    const name = packageName(specifier);
    const subpath = `.${specifier.slice(name.length)}`;
    const own = this.manifests.of(importer);
    if (own?.name === name && own.exports !== undefined) return this.#exported(own.folder, subpath, kind);
    for (let folder = dirname(importer); ; folder = dirname(folder)) {
      const candidate = join(folder, "node_modules", name);
      if (isFolder(candidate)) return this.#exported(candidate, subpath, kind);
      if (folder === dirname(folder)) return undefined;
    }
  }

  #exported(folder: string, subpath: string, kind: ModuleKind): string | undefined {
    const exports = this.manifests.in(folder)?.exports;
    if (exports === undefined || exports === null) return this.file(join(folder, subpath));
    const target = exportTarget(exports, subpath, this.#conditions[kind]);
    return target === undefined ? undefined : this.file(join(folder, target));
  }
}

export function packageName(specifier: string): string {
  const parts = specifier.split("/");
  return parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}

function exactOrWithEnding(path: string): string | undefined {
  if (isFile(path)) return path;
  for (const [ending, sources] of Object.entries(WRITTEN_AS)) {
    if (!path.endsWith(ending)) continue;
    const stem = path.slice(0, -ending.length);
    const source = sources.find((written) => isFile(stem + written));
    if (source !== undefined) return stem + source;
  }
  const ending = ENDINGS.find((one) => isFile(path + one));
  return ending === undefined ? undefined : path + ending;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
