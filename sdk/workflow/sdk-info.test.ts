import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { sdkInfo } from "./sdk-info.ts";

test("the version that workers tell is that of the package", () => {
  const manifest = readFileSync(new URL("../../packages/perdure/package.json", import.meta.url), "utf8");
  expect(sdkInfo.version).toBe((JSON.parse(manifest) as { version: string }).version);
});
