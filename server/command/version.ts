import { readFileSync } from "node:fs";

/** In a checkout the version stands in the workspace of the package, in the published form above the compiled files. */
const PLACES = ["../../packages/perdure/package.json", "../../../package.json"];

export function version(): string {
  for (const place of PLACES) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(place, import.meta.url), "utf8")) as {
        name?: string;
        version?: string;
      };
      if (name === "perdure" && version !== undefined) return version;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  return "unknown";
}
