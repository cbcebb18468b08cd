/** The versions of Node that the package is for, besides the one that runs everything. */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { cache, must } from "./need.ts";
import type { Need } from "./need.ts";

/** The oldest that the package promises, and a newer one. */
export const NODE_VERSIONS = ["22.18.0", "26.0.0"] as const;

/** The program of a version, once `nodes` is met. */
export function nodeOf(version: (typeof NODE_VERSIONS)[number]): string {
  return join(cache, "nodes", version, "node_modules", PACKAGE, "bin/node");
}

const platform = `${process.platform}-${process.arch}`;
const PACKAGE = process.platform === "darwin" ? `node-bin-${platform}` : `node-${platform}`;

export const nodes: Need = {
  name: `Node ${NODE_VERSIONS.join(" and ")}`,
  isMet: () => NODE_VERSIONS.every((version) => existsSync(nodeOf(version))),
  meet() {
    for (const version of NODE_VERSIONS) {
      const folder = join(cache, "nodes", version);
      mkdirSync(folder, { recursive: true });
      const options = ["--prefix", folder, "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"];
      must(`npm install ${PACKAGE}@${version}`, { run: "npm", args: ["install", ...options, `${PACKAGE}@${version}`] });
    }
  },
};
