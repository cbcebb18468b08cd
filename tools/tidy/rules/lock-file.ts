import { missingPlatforms } from "../../lock-file/platform-packages.ts";
import type { LockPackages } from "../../lock-file/platform-packages.ts";
import type { Finding } from "../finding.ts";
import type { Tree } from "../tree.ts";

const FILE = "package-lock.json";

/** `npm ci` would refuse it: said here, before a fresh clone does. */
export function lockFile(tree: Tree): Finding[] {
  const text = tree.files.get(FILE);
  if (text === undefined) return [];
  const missing = missingPlatforms((JSON.parse(text) as { packages: LockPackages }).packages);
  if (missing.size === 0) return [];
  return [{ file: FILE, message: `lacks ${missing.size} platform packages: run node tools/lock-file/main.ts` }];
}
