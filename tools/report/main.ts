/** `node tools/report/main.ts REPORT.json…`: one line, `N passed, N failed`, over all suites. */
import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { summarise } from "./summary.ts";

const reports = process.argv.slice(2).map((path) => ({
  name: basename(path, ".json"),
  text: existsSync(path) ? readFileSync(path, "utf8") : undefined,
}));
const { passed, failures } = summarise(reports);
for (const failure of failures) console.error(`failed: ${failure}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;
