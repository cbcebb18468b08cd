/** The published form, built, packed and installed into an empty folder. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const exec = promisify(execFile);
const dist = resolve(import.meta.dirname, "../../packages/perdure/dist");

export interface InstalledPackage extends Disposable {
  /** Its user's folder, of an ES module package. */
  readonly folder: string;
  /** The package in it. */
  readonly home: string;
  /** Writes a file of the user's and runs it. */
  run(file: string, text: string, node?: string): Promise<{ stdout: string; stderr: string }>;
}

export async function installPackage(): Promise<InstalledPackage> {
  const folder = mkdtempSync(join(tmpdir(), "perdure-package-"));
  await exec(process.execPath, [join(import.meta.dirname, "main.ts")]);
  const { stdout } = await exec("npm", ["pack", dist, "--pack-destination", folder, "--json"], {
    cwd: folder,
    maxBuffer: 2 ** 24,
  });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "empty", private: true, type: "module" }));
  // What `npm ci` of the checkout has fetched is still in npm's cache: a registry is asked for what is not.
  const options = ["--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"];
  await exec("npm", ["install", ...options, `./${filename}`], { cwd: folder });
  return {
    folder,
    home: join(folder, "node_modules/perdure"),
    run(file, text, node = process.execPath) {
      writeFileSync(join(folder, file), text);
      return exec(node, [file], { cwd: folder });
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
