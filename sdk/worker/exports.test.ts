/** Programs written for the official worker package find here what they import and set. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { ActivityInboundLogInterceptor, startDebugReplayer, WorkflowLogInterceptor } from "./index.ts";

const official = dirname(createRequire(import.meta.url).resolve("@temporalio/worker"));

/** Types of theirs that make no sense here. */
const MISSING: readonly string[] = [
  // Insides of theirs.
  ...["CompiledWorkerInterceptors", "WorkflowBundlePathWithSourceMap"],
  // Of the native connection. Addresses are looked up by the system, and messages are small.
  ...["DNSLoadBalancingConfig", "GrpcCompressionConfig"],
  // Nexus handlers are not served yet.
  ...["NexusCancelOperationInput", "NexusInboundCallsInterceptor", "NexusInterceptors", "NexusInterceptorsFactory"],
  ...["NexusOutboundCallsInterceptor", "NexusStartOperationInput", "NexusStartOperationOutput"],
];

/** Options of theirs that make no sense here, by interface. */
const MISSING_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  // Nexus handlers are not served yet. Tracing of the native core is long gone there, too.
  WorkerOptions: ["nexusServices", "enableSDKTracing"],
  RuntimeOptions: [],
  TelemetryOptions: [],
};

test("everything that @temporalio/worker exports is exported", () => {
  const ours = exportedNames(join(import.meta.dirname, "index.ts"));
  const missing = [...exportedNames(join(official, "index.d.ts"))].filter((name) => !ours.has(name));
  expect(missing.toSorted()).toEqual(MISSING.toSorted());
});

test.each([
  ["WorkerOptions", "worker-options"],
  ["RuntimeOptions", "runtime-options"],
  ["TelemetryOptions", "runtime-options"],
])("every option of the official %s is one of ours", (name, file) => {
  const theirs = properties(readFileSync(join(official, `${file}.d.ts`), "utf8"), name);
  const ours = new Set(properties(readFileSync(join(import.meta.dirname, `${file}.ts`), "utf8"), name));
  expect(theirs.length).toBeGreaterThan(3);
  expect(theirs.filter((option) => !ours.has(option)).toSorted()).toEqual(MISSING_OPTIONS[name]?.toSorted());
});

/** Names of an interface's properties: those at its lowest indentation. */
function properties(text: string, name: string): string[] {
  const body = new RegExp(`^export interface ${name} \\{\\n(.*?)^\\}`, "ms").exec(text)?.[1] ?? "";
  const indent = /^ +/m.exec(body)?.[0].length ?? 0;
  return [...body.matchAll(new RegExp(`^ {${indent}}(\\w+)\\??:`, "gm"))].map(([, property]) => property as string);
}

function exportedNames(file: string): Set<string> {
  const text = readFileSync(file, "utf8").replaceAll(/\/\*.*?\*\//gs, "");
  const names = new Set<string>();
  for (const [, name] of text.matchAll(
    /^export (?:declare )?(?:abstract )?(?:async )?(?:class|function|const|let|interface|type) (\w+)/gm,
  ))
    names.add(name as string);
  for (const [, list] of text.matchAll(/^export (?:type )?\{([^}]*)\}/gm))
    for (const part of (list as string).split(",")) {
      const name = part
        .trim()
        .split(" as ")
        .at(-1)
        ?.replace(/^type /, "");
      if (name) names.add(name);
    }
  for (const [, path] of text.matchAll(/^export (?:type )?\* from ["'](\.[^"']+)["']/gm)) {
    const target = join(dirname(file), path as string);
    for (const name of exportedNames(target.endsWith(".ts") ? target : `${target}.d.ts`)) names.add(name);
  }
  return names;
}

test("interceptors that were needed for logs once change nothing", () => {
  const input = { args: [1], headers: {} };
  const next = async (given: unknown): Promise<unknown> => given;
  const interceptors = [new ActivityInboundLogInterceptor({} as never), new WorkflowLogInterceptor()];
  return expect(Promise.all(interceptors.map((one) => one.execute(input, next)))).resolves.toEqual([input, input]);
});

test("a replayer for an editor is refused with a word about what to do instead", () => {
  expect(() => startDebugReplayer({ workflowsPath: "" })).toThrow("Worker.runReplayHistory");
});
