/**
 * Runs after `npm ci`, under any Node from 20 on: puts Node 24 into `node_modules/.bin`, if npm has not done so.
 *
 * npm up to 10 removes the link again, because the packages of the other platforms, which it does not install, have a
 * program of the same name. Nothing is done where no package fits the platform: there the Node that runs this is used.
 */
import { existsSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";

const modules = resolve(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "../../node_modules");
const link = join(modules, ".bin/node");
const platform = `${process.platform}-${process.arch}`;
const name = [`node-${platform}`, `node-bin-${platform}`].find((entry) => existsSync(join(modules, entry, "bin/node")));

if (name !== undefined && !existsSync(link)) symlinkSync(`../${name}/bin/node`, link);
if (name === undefined && Number(process.versions.node.split(".")[0]) < 24) {
  console.error(
    `Node 24 is needed; this is ${process.version}, and npm has no package of it for ${platform}: install it by hand`,
  );
}
