export { DeadlockError } from "./deadlock-error.ts";
export { WorkflowLoadError } from "./loader/load-error.ts";
export { loadWorkflowCode } from "./loader/load-workflow-code.ts";
export type { WorkflowCodePaths } from "./loader/load-workflow-code.ts";
export { bundleWorkflowCode, readWorkflowBundle } from "./loader/workflow-bundle.ts";
export type {
  BundleOptions,
  BundlerPlugin,
  WorkflowBundleOption,
  WorkflowBundleWithSourceMap,
} from "./loader/workflow-bundle.ts";
export type { WorkflowCode } from "./loader/workflow-code.ts";
export { buildSandboxLibrary, SANDBOX_LIBRARY_FILE } from "./realm/library-code.ts";
export { SandboxHost } from "./sandbox-host.ts";
export type { SandboxHostOptions } from "./sandbox-host.ts";
export type { HostRunOptions, WorkflowHost } from "./workflow-host.ts";
