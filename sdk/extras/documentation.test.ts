/** The examples of docs/sdk/extras.md compile. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";

const checkout = resolve(import.meta.dirname, "../..");

test("the examples of the page compile", () => {
  const page = readFileSync(join(checkout, "docs/sdk/extras.md"), "utf8");
  mkdirSync(join(checkout, ".cache"), { recursive: true });
  // Within the checkout, where they find its packages.
  const folder = mkdtempSync(join(checkout, ".cache/examples-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const examples = [...page.matchAll(/^```ts\n([^]*?)^```/gm)].map((match) => match[1] as string);
  expect(examples.length).toBeGreaterThan(8);
  for (const [at, text] of examples.entries()) {
    writeFileSync(join(folder, /^\/\/ file: (\S+)/.exec(text)?.[1] ?? `example-${at}.ts`), text);
  }
  const config = { extends: "../../tsconfig.json", include: ["*.ts"], exclude: [] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const { stdout } = spawnSync(join(checkout, "node_modules/.bin/tsc"), ["-p", folder], { encoding: "utf8" });
  expect(stdout).toBe("");
}, 120_000);
