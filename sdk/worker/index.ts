/** What programs that run workers import. */
export { IllegalStateError, defaultPayloadConverter } from "../common/index.ts";
export type { DataConverter } from "../common/index.ts";
export { activityLogAttributes } from "./activities/activity-worker.ts";
export * from "./deprecated.ts";
export { WorkflowLogInterceptor as WorkflowInboundLogInterceptor } from "./deprecated.ts";
export * from "./errors.ts";
export type * from "./interceptors.ts";
export * from "./logger.ts";
export { MetricsBuffer } from "./metrics/metrics-buffer.ts";
export type { BufferedMetricUpdate, MetricsBufferOptions } from "./metrics/metrics-buffer.ts";
export { NativeConnection } from "./native-connection.ts";
export type { NativeConnectionOptions } from "./native-connection.ts";
export type * from "./polling/poll-target.ts";
export { ReplayGuardError } from "./replay/replay-guard.ts";
export { ReplayError } from "./replay/replay.ts";
export type { HistoryAndWorkflowId, ReplayHistoriesIterable, ReplayResult } from "./replay/replay.ts";
export { Runtime } from "./runtime.ts";
export * from "./runtime-options.ts";
export type { MetricsExporterConfig as MetricsExporter } from "./runtime-options.ts";
export type * from "./sinks.ts";
export { bundleWorkflowCode, DeadlockError, WorkflowLoadError } from "./sandbox/index.ts";
export type { BundleOptions, BundlerPlugin, WorkflowBundleWithSourceMap } from "./sandbox/index.ts";
export { ResourceBasedController } from "./tuner/resource-controller.ts";
export type * from "./tuner/slot-supplier.ts";
export { Worker } from "./worker.ts";
export type { RunUntilOptions, State, WorkerStatus } from "./worker.ts";
export type * from "./worker-options.ts";
export type { CompiledWorkerOptions } from "./compiled-options.ts";
export { workflowLogAttributes } from "../workflow/info.ts";
export type { LoggerSinks } from "../workflow/index.ts";
export type {
  ConnectionPlugin as NativeConnectionPlugin,
  PayloadLimitsConfig,
  TLSConfig,
} from "../connection/index.ts";
export type { History } from "../client/index.ts";
