/** A service whose calls are counted and timed. Polls and waits for news are counted apart: they are long by design. */
import { CODE_NAMES } from "../../connection/index.ts";
import type { WorkflowServiceMethods } from "../../connection/index.ts";
import type { MetricTags } from "../../common/index.ts";
import { codeOf } from "../polling/poll-errors.ts";
import type { WorkerMetrics } from "./worker-metrics.ts";

type Call = (request: object, options?: object) => Promise<unknown>;

const isLong = (operation: string): boolean => operation.startsWith("Poll");

function meteredService(service: WorkflowServiceMethods, metrics: WorkerMetrics): WorkflowServiceMethods {
  const calls = new Map<string, Call>();
  return new Proxy(service, {
    get(target, key) {
      const call: unknown = Reflect.get(target, key);
      if (typeof key !== "string" || typeof call !== "function") return call;
      let metered = calls.get(key);
      if (metered === undefined) calls.set(key, (metered = meteredCall(key, call as Call, metrics)));
      return metered;
    },
  });
}

function meteredCall(key: string, call: Call, { requests, clock }: WorkerMetrics): Call {
  const operation = key.charAt(0).toUpperCase() + key.slice(1);
  const kind = isLong(operation) ? "long_request" : "request";
  return async (request, options) => {
    const queue = (request as { taskQueue?: { name?: string; normalName?: string } | string }).taskQueue;
    const name = typeof queue === "object" ? queue.normalName || queue.name : queue;
    const tags: MetricTags = name === undefined ? { operation } : { operation, task_queue: name };
    const startedAt = clock.now();
    requests[kind].add(1, tags);
    try {
      return await call(request, options);
    } catch (error) {
      // A poll that the worker itself ends has not failed.
      if ((options as { signal?: AbortSignal } | undefined)?.signal?.aborted === true) throw error;
      const code = CODE_NAMES[codeOf(error) ?? -1] ?? "UNKNOWN";
      requests[`${kind}_failure`].add(1, { ...tags, status_code: code });
      throw error;
    } finally {
      requests[`${kind}_latency`].record(clock.now() - startedAt, tags);
    }
  };
}

/** The same for a service that may be replaced by another. */
export function meteredServices(service: () => WorkflowServiceMethods, metrics: WorkerMetrics) {
  let last: WorkflowServiceMethods | undefined;
  let metered: WorkflowServiceMethods | undefined;
  return (): WorkflowServiceMethods => {
    const current = service();
    if (metered === undefined || current !== last) metered = meteredService(current, metrics);
    last = current;
    return metered;
  };
}
