import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { resultOf, start, tree } from "../sandbox-fixture.ts";
import { SandboxHost } from "../sandbox-host.ts";
import { bundleWorkflowCode, readWorkflowBundle } from "./workflow-bundle.ts";
import type { BundleOptions, WorkflowBundleOption } from "./workflow-bundle.ts";

const files = {
  "workflows.ts": `import { sleep, workflowInfo } from "@temporalio/workflow";
import { helper } from "./helper";
let calls = 0;
export async function main(name: string): Promise<unknown> {
  calls++;
  return [helper(name), calls, workflowInfo().workflowType, typeof sleep];
}
export async function fails(): Promise<void> {
  helper(undefined as never);
}`,
  "helper.ts": `/** Greets. */
export function helper(name: string): string {
  const trimmed: string =
    name.trim();
  return \`hello \${trimmed}\`;
}`,
  "interceptors.ts": `export const interceptors = () => ({
  inbound: [{ async execute(input, next) { return next({ ...input, args: input.args.map((arg) => arg + "!") }); } }],
});`,
};

function host(bundle: WorkflowBundleOption): SandboxHost {
  const opened = new SandboxHost({ code: readWorkflowBundle(bundle), deadlockLimitMs: 0 });
  onTestFinished(() => opened.close());
  return opened;
}

async function bundled(bundler: BundleOptions["bundler"], more: Partial<BundleOptions> = {}) {
  const folder = tree(files);
  return bundleWorkflowCode({
    workflowsPath: join(folder, "workflows.ts"),
    workflowInterceptorModules: [join(folder, "interceptors.ts")],
    bundler,
    ...more,
  });
}

describe.each(["perdure", "esbuild"] as const)("a bundle made by %s", (bundler) => {
  test("runs without its sources, each run with its own modules", async () => {
    const { code, sourceMap } = await bundled(bundler);
    expect(sourceMap).toBe("");
    const opened = host({ code });
    expect(opened.workflowTypes).toEqual(new Set(["main", "fails"]));
    expect(await resultOf(opened, "main", "Ann")).toEqual(["hello Ann!", 1, "main", "function"]);
    expect(await resultOf(opened, "main", "Bob")).toEqual(["hello Bob!", 1, "main", "function"]);
  });

  test("is read from a file", async () => {
    const folder = tree({ "bundle.js": (await bundled(bundler)).code });
    expect(await resultOf(host({ codePath: join(folder, "bundle.js") }), "main", "Ann")).toContain("hello Ann!");
  });

  test("has stacks with the lines of the sources", async () => {
    const opened = host({ code: (await bundled(bundler, { workflowInterceptorModules: [] })).code });
    const { completion } = await start(opened, "fails");
    expect(completion.status === "failed" ? completion.failure.stackTrace : "").toMatch(/at helper \(.*helper\.ts:4:/);
  });

  test("says which module it may not import", async () => {
    const folder = tree({ "workflows.ts": 'import fs from "node:fs"; export const main = async () => fs;' });
    const make = async () => {
      const { code } = await bundleWorkflowCode({ workflowsPath: join(folder, "workflows.ts"), bundler });
      host({ code });
    };
    await expect(make()).rejects.toThrow(/node:fs .*activity.*workflows\.ts/s);
  });

  test("leaves out what is ignored", async () => {
    const folder = tree({ "workflows.ts": 'import fs from "fs"; export const main = async () => typeof fs.readFile;' });
    const { code } = await bundleWorkflowCode({
      workflowsPath: join(folder, "workflows.ts"),
      ignoreModules: ["fs"],
      bundler,
    });
    expect(await resultOf(host({ code }), "main")).toBe("function");
  });
});

test("a plugin may change the options", async () => {
  const other = tree({ "other.ts": "export async function other() { return 1; }" });
  const plugin = {
    name: "other",
    configureBundler: (options: BundleOptions) => ({ ...options, workflowsPath: join(other, "other.ts") }),
  };
  const { code } = await bundled("perdure", { plugins: [plugin], workflowInterceptorModules: [] });
  expect(host({ code }).workflowTypes).toEqual(new Set(["other"]));
});

test("a CommonJS script of any bundler is a bundle", async () => {
  const code = `const { workflowInfo } = require("@temporalio/workflow");
    module.exports = { main: async () => workflowInfo().workflowType };`;
  expect(await resultOf(host({ code }), "main")).toBe("main");
});

test("a bundle of the official worker is refused with advice", () => {
  expect(() => host({ code: "globalThis.__TEMPORAL__ = {};" })).toThrow("bundleWorkflowCode of perdure");
});

test("a bundle names its files from the current folder", async () => {
  const { code } = await bundled("perdure");
  expect(readWorkflowBundle({ code }).modules.map(({ file }) => file.startsWith("/"))).not.toContain(true);
});
