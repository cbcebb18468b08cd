/** The program of a thread: loads the activities, and runs those that it is told to. */
import { parentPort, workerData } from "node:worker_threads";
import { asyncLocalStorage, Context } from "../../activity/index.ts";
import {
  ActivityCancellationDetails,
  CancelledFailure,
  CompleteAsyncError,
  DefaultFailureConverter,
  defaultPayloadConverter,
  ensureTemporalFailure,
  noopMetricMeter,
} from "../../common/index.ts";
import type { ActivityCancellationDetailsHolder, Logger, LogLevel, LogMetadata } from "../../common/index.ts";
import { ActivityRegistry } from "../activities/activity-registry.ts";
import type { FromThread, ThreadData, ToThread } from "./thread-protocol.ts";

const { activities } = workerData as ThreadData;
const port = parentPort as NonNullable<typeof parentPort>;
const failures = new DefaultFailureConverter();
const running = new Map<number, (reason: string, details: object | undefined) => void>();

function say(message: FromThread): void {
  port.postMessage(message);
}

function failureOf(error: unknown) {
  return failures.errorToFailure(ensureTemporalFailure(error), defaultPayloadConverter);
}

function loggerOf(id: number): Logger {
  const log = (level: LogLevel, message: string, meta?: LogMetadata): void => {
    try {
      say({ kind: "log", id, level, message, meta });
    } catch {
      say({ kind: "log", id, level, message, meta: undefined }); // What cannot be copied is left out.
    }
  };
  return {
    log,
    trace: (message, meta) => log("TRACE", message, meta),
    debug: (message, meta) => log("DEBUG", message, meta),
    info: (message, meta) => log("INFO", message, meta),
    warn: (message, meta) => log("WARN", message, meta),
    error: (message, meta) => log("ERROR", message, meta),
  };
}

async function run({ id, name, info, args }: Extract<ToThread, { kind: "run" }>): Promise<void> {
  const abort = new AbortController();
  const holder: ActivityCancellationDetailsHolder = {};
  const { promise: cancelled, reject } = Promise.withResolvers<never>();
  cancelled.catch(() => {});
  running.set(id, (reason, details) => {
    holder.details = new ActivityCancellationDetails(details ?? {});
    const error = new CancelledFailure(reason);
    reject(error);
    abort.abort(error);
  });
  const heartbeat = (details: unknown): void => say({ kind: "heartbeat", id, details });
  const context = new Context(
    info,
    cancelled,
    abort.signal,
    heartbeat,
    undefined,
    loggerOf(id),
    noopMetricMeter,
    holder,
  );
  Object.defineProperty(context, "client", { get: noClient });
  try {
    const result: unknown = await asyncLocalStorage.run(context, async () => registry.find(name)?.(...args));
    say({ kind: "completed", id, result });
  } catch (error) {
    if (error instanceof CompleteAsyncError) say({ kind: "async", id });
    else say({ kind: "failed", id, failure: failureOf(error) });
  } finally {
    running.delete(id);
  }
}

function noClient(): never {
  throw new Error("An activity in a thread has no client of the worker's: make a Client with a Connection of its own");
}

let registry: ActivityRegistry;
try {
  const module = (await import(activities)) as object;
  registry = new ActivityRegistry({ ...module });
  port.on("message", (message: ToThread) => {
    if (message.kind === "cancel") running.get(message.id)?.(message.reason, message.details);
    else void run(message);
  });
  say({ kind: "ready", names: [...registry.names, ...(registry.hasDefault ? ["default"] : [])] });
} catch (error) {
  say({ kind: "unready", message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
