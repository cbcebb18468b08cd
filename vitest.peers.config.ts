/** What `npm run test:peers` runs: suites that need Go, Python, a C compiler or a real Temporal server. */
import { configDefaults, defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["**/*.peers.test.ts"],
    exclude: [...configDefaults.exclude, "**/.cache/**", "**/dist/**"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // One file at a time: these suites start servers and measure nothing else beside them.
    fileParallelism: false,
    reporters: ["default", "json"],
    outputFile: { json: ".cache/reports/peers.json" },
  },
});
