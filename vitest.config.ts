/** What `npm test` runs: everything that needs nothing but npm and PostgreSQL. */
import { configDefaults, defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    exclude: [...configDefaults.exclude, "**/.cache/**", "**/dist/**", "**/*.peers.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ["default", "json"],
    outputFile: { json: ".cache/reports/test.json" },
  },
});
