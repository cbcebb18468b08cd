/** `perdure`: what a program of one file needs. Each part has all of its names in an entry of its own. */
export { Perdure } from "./perdure.ts";
export type { ExecuteOptions, PerdureOptions } from "./perdure.ts";
export { startServer } from "./start-server.ts";
export type { DataOption, PerdureServer, ServerOptions } from "../../server/index.ts";
export { Client, Connection, WorkflowFailedError } from "../../sdk/client/index.ts";
export type { ClientOptions, ConnectionOptions, WorkflowHandle } from "../../sdk/client/index.ts";
export type { Worker, WorkerOptions } from "../../sdk/worker/index.ts";
export { Context } from "../../sdk/activity/index.ts";
export {
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  deprecatePatch,
  executeChild,
  isCancellation,
  log,
  patched,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  sleep,
  startChild,
  uuid4,
  workflowInfo,
} from "../../sdk/workflow/index.ts";
