import { isAbsolute, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { Context } from "../../activity/index.ts";
import {
  ApplicationFailure,
  CompleteAsyncError,
  DefaultFailureConverter,
  defaultPayloadConverter,
} from "../../common/index.ts";
import type { FromThread, ThreadData, ToThread } from "./thread-protocol.ts";

interface Call {
  readonly context: Context;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

interface Thread {
  readonly worker: Worker;
  readonly calls: Map<number, Call>;
}

/** The threads that the options ask for. Throws TypeError for one option without the other. */
export async function openActivityThreads(options: {
  readonly activityThreads?: number;
  readonly activitiesPath?: string;
}): Promise<ActivityThreads | undefined> {
  const { activityThreads: count, activitiesPath } = options;
  if (count === undefined && activitiesPath === undefined) return undefined;
  if (count === undefined || activitiesPath === undefined)
    throw new TypeError("Worker options: activityThreads and activitiesPath go together");
  return ActivityThreads.start({ activitiesPath, count });
}

const failures = new DefaultFailureConverter();

/** Runs activities in threads; `functions` stand for them in a worker. */
export class ActivityThreads {
  readonly #activities: string;
  readonly #threads: Thread[] = [];
  #names: readonly string[] = [];
  #nextId = 0;
  #isClosed = false;

  /** Rejects with an error that names the module when it cannot be loaded. */
  static async start(options: { activitiesPath: string; count: number }): Promise<ActivityThreads> {
    const { activitiesPath, count } = options;
    if (!(Number.isInteger(count) && count > 0))
      throw new RangeError(`Worker options: activityThreads must be a positive whole number, not ${count}`);
    const threads = new ActivityThreads(activitiesPath);
    try {
      await Promise.all(Array.from({ length: count }, () => threads.#open()));
    } catch (error) {
      await threads.close();
      throw error;
    }
    return threads;
  }

  private constructor(activitiesPath: string) {
    this.#activities = activitiesPath.startsWith("file:")
      ? activitiesPath
      : pathToFileURL(isAbsolute(activitiesPath) ? activitiesPath : resolve(activitiesPath)).href;
  }

  /** By name: each calls the activity in the thread that has the least to do. */
  get functions(): Record<string, (...args: unknown[]) => Promise<unknown>> {
    return Object.fromEntries(this.#names.map((name) => [name, (...args: unknown[]) => this.#call(args)]));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }

  #call(args: unknown[]): Promise<unknown> {
    const context = Context.current();
    const { info } = context;
    const id = this.#nextId++;
    const thread = this.#threads.reduce<Thread | undefined>(
      (least, one) => (least === undefined || one.calls.size < least.calls.size ? one : least),
      undefined,
    );
    if (thread === undefined)
      throw ApplicationFailure.create({ type: "ActivityThreadError", message: "No thread for activities is alive" });
    const message: ToThread = { kind: "run", id, name: info.activityType, info, args };
    const onAbort = (): void => {
      const reason = (context.cancellationSignal.reason as Error).message;
      const details = context.cancellationDetails;
      thread.worker.postMessage({ kind: "cancel", id, reason, details: details && { ...details } } satisfies ToThread);
    };
    return new Promise<unknown>((done, reject) => {
      thread.calls.set(id, { context, resolve: done, reject });
      thread.worker.postMessage(message);
      context.cancellationSignal.addEventListener("abort", onAbort, { once: true });
      if (context.cancellationSignal.aborted) onAbort();
    }).finally(() => {
      thread.calls.delete(id);
      context.cancellationSignal.removeEventListener("abort", onAbort);
    });
  }

  #open(): Promise<void> {
    const file = import.meta.url.endsWith(".ts") ? "./activity-thread.ts" : "./activity-thread.js";
    const workerData: ThreadData = { activities: this.#activities };
    const worker = new Worker(new URL(file, import.meta.url), { workerData, name: "activities" });
    const thread: Thread = { worker, calls: new Map() };
    return new Promise((ready, reject) => {
      let death: unknown = "it ended";
      worker.on("message", (message: FromThread) => {
        if (message.kind === "ready") {
          this.#names = message.names;
          this.#threads.push(thread);
          ready();
        } else if (message.kind === "unready") reject(notLoaded(this.#activities, message.message));
        else heard(thread, message);
      });
      worker.on("error", (error) => (death = error));
      worker.on("exit", () => {
        reject(notLoaded(this.#activities, String(death)));
        this.#died(thread, death);
      });
    });
  }

  #died(thread: Thread, cause: unknown): void {
    const place = this.#threads.indexOf(thread);
    if (place >= 0) this.#threads.splice(place, 1);
    const message = `The thread of this activity died: ${cause instanceof Error ? cause.message : String(cause)}`;
    for (const { reject } of thread.calls.values())
      reject(ApplicationFailure.create({ type: "ActivityThreadError", message }));
    // One that never came up would not the next time either.
    if (place >= 0 && !this.#isClosed) this.#open().catch(() => {});
  }
}

function heard({ calls }: Thread, message: Exclude<FromThread, { kind: "ready" | "unready" }>): void {
  const call = calls.get(message.id);
  if (call === undefined) return;
  switch (message.kind) {
    case "heartbeat":
      return call.context.heartbeat(message.details);
    case "log":
      return call.context.log.log(message.level, message.message, message.meta);
    case "completed":
      return call.resolve(message.result);
    case "failed":
      return call.reject(failures.failureToError(message.failure, defaultPayloadConverter));
    case "async":
      return call.reject(new CompleteAsyncError());
  }
}

function notLoaded(activities: string, reason: string): Error {
  const path = activities.startsWith("file:") ? fileURLToPath(activities) : activities;
  return new Error(`Activities of ${path} could not be loaded in a thread: ${reason}`);
}
