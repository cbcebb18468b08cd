/** `node tools/lock-file/main.ts`: completes `package-lock.json` after `npm install`; run it before committing the file. */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { completed, missingPlatforms } from "./platform-packages.ts";
import type { LockPackages } from "./platform-packages.ts";

const path = resolve(import.meta.dirname, "../../package-lock.json");
const lock = JSON.parse(readFileSync(path, "utf8")) as { packages: LockPackages };
const count = missingPlatforms(lock.packages).size;
writeFileSync(path, `${JSON.stringify({ ...lock, packages: completed(lock.packages) }, null, 2)}\n`);
console.log(`${count} platform packages added`);
