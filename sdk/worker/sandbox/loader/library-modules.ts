/** Names under which workflow code imports the library; each leads to the one copy of the sandbox. */
import { sep } from "node:path";
import { fileURLToPath } from "node:url";
import { builtinName, SUPPORTED_BUILTINS } from "./forbidden-modules.ts";

/** `sdk/`, in a checkout and in the published package alike. */
export const LIBRARY_ROOT = fileURLToPath(new URL("../../../", import.meta.url));

const LIBRARY_FOLDERS = ["common", "workflow", "extras"].map((folder) => `${LIBRARY_ROOT}${folder}${sep}`);

/** `lib/…` paths of the official packages mean the same package: ours has no others. */
const PUBLIC_NAME = /^(?:perdure|@temporalio)\/(workflow|common)(?:\/lib(?:\/.*)?)?$|^perdure\/(extras)$/;

/** The library module that an import by name means. */
export function libraryByName(specifier: string): string | undefined {
  const match = PUBLIC_NAME.exec(specifier);
  const own = match?.[1] ?? match?.[2];
  if (own !== undefined) return `${own}/index`;
  const builtin = builtinName(specifier);
  if (!SUPPORTED_BUILTINS.has(builtin)) return undefined;
  return `worker/sandbox/inside/builtins/${builtin === "assert/strict" ? "assert" : builtin}`;
}

/** The library module that a file is; `host/` folders are not of the sandbox. */
export function libraryByPath(file: string): string | undefined {
  if (!LIBRARY_FOLDERS.some((folder) => file.startsWith(folder))) return undefined;
  const key = libraryKey(file);
  return key.includes("/host/") ? undefined : key;
}

export function libraryKey(file: string): string {
  return file
    .slice(LIBRARY_ROOT.length)
    .replaceAll(sep, "/")
    .replace(/\.[^./]+$/, "");
}
