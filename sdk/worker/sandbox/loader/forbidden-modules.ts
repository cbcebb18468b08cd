/** Modules that workflow code may not import, and what to use instead. */
import { isBuiltin } from "node:module";
import { packageName } from "./module-resolution.ts";

/** Modules of Node for which the sandbox has a deterministic stand-in. */
export const SUPPORTED_BUILTINS: ReadonlySet<string> = new Set(["assert", "assert/strict", "url", "util"]);

const IN_ACTIVITY = "do this in an activity and call it through proxyActivities() of perdure/workflow";

const INSTEAD: Readonly<Record<string, string>> = {
  async_hooks: "use AsyncLocalStorage of perdure/workflow",
  child_process: IN_ACTIVITY,
  cluster: IN_ACTIVITY,
  crypto: "use uuid4() of perdure/workflow or crypto.randomUUID(); for other cryptography use an activity",
  dgram: IN_ACTIVITY,
  dns: IN_ACTIVITY,
  events: "install the npm package `events`, which needs nothing of Node",
  fs: `files differ between replays: ${IN_ACTIVITY}`,
  http: IN_ACTIVITY,
  http2: IN_ACTIVITY,
  https: IN_ACTIVITY,
  net: IN_ACTIVITY,
  os: `the machine differs between replays: ${IN_ACTIVITY}`,
  perf_hooks: "use Date.now(), which is the workflow's time",
  process: "pass settings as arguments of the workflow, or read them in an activity",
  timers: "use sleep() of perdure/workflow, or the global setTimeout()",
  tls: IN_ACTIVITY,
  worker_threads: IN_ACTIVITY,
};

const HOST_PACKAGES: Readonly<Record<string, string>> = {
  activity: "it is for activities; from workflows import activities with `import type` and call proxyActivities()",
  client: "it is for the process that starts workflows; in a workflow use startChild() or getExternalWorkflowHandle()",
  worker: "it is for the process that runs the worker",
  testing: "it is for tests",
  server: "it is the server",
  "core-bridge": "it is native code",
  envconfig: "it reads the environment of the process",
};

/** Why `specifier` may not be imported, with what to do instead; undefined when it may. */
export function whyForbidden(specifier: string): string | undefined {
  if (isBuiltin(specifier)) {
    const name = builtinName(specifier);
    const instead = INSTEAD[name] ?? INSTEAD[packageName(name)] ?? IN_ACTIVITY;
    return `${specifier} is a module of Node and not available to workflows: ${instead}`;
  }
  const own = /^(?:perdure|@temporalio)\/([a-z-]+)/.exec(specifier)?.[1];
  const reason = specifier === "perdure" ? "it is the server and the worker" : HOST_PACKAGES[own ?? ""];
  if (reason === undefined) return undefined;
  return `${specifier} is not available to workflows: ${reason}. Import perdure/workflow instead, or only types`;
}

export function builtinName(specifier: string): string {
  return specifier.replace(/^node:/, "");
}
