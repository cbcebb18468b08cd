import { EventEmitter } from "node:events";
import { systemClock, systemTimers } from "../../base/index.ts";
import type { Context, Info } from "../activity/index.ts";
import type { Client } from "../client/index.ts";
import { CompleteAsyncError, noopMetricMeter } from "../common/index.ts";
import type { ActivityCancellationDetails, ActivityFunction, Logger, MetricMeter } from "../common/index.ts";
import { RunningActivity } from "../worker/activities/running-activity.ts";
import type { RunningActivityOptions } from "../worker/activities/running-activity.ts";
import type { CancelReason } from "../worker/activities/cancel-reason.ts";
import type { ActivityInterceptorsFactory } from "../worker/index.ts";

/** Options of a `MockActivityEnvironment`. */
export interface MockActivityEnvironmentOptions {
  interceptors?: ActivityInterceptorsFactory[];
  /** Nothing is logged unless given. */
  logger?: Logger;
  metricMeter?: MetricMeter;
  /** What `getClient()` answers. */
  client?: Client;
}

/** What activities are told of themselves, unless a test says otherwise. */
export const defaultActivityInfo: Info = {
  attempt: 1,
  taskQueue: "test",
  isLocal: false,
  taskToken: Buffer.from("test"),
  base64TaskToken: Buffer.from("test").toString("base64"),
  activityId: "test",
  activityType: "unknown",
  workflowType: "test",
  workflowExecution: { workflowId: "test", runId: "dead-beef" },
  workflowNamespace: "default",
  activityNamespace: "default",
  namespace: "default",
  startToCloseTimeoutMs: 1_000,
  scheduleToCloseTimeoutMs: 1_000,
  scheduledTimestampMs: 1,
  currentAttemptScheduledTimestampMs: 1,
  heartbeatDetails: undefined,
  inWorkflow: true,
};

const silent = (): void => {};
const silentLogger: Logger = {
  log: silent,
  trace: silent,
  debug: silent,
  info: silent,
  warn: silent,
  error: silent,
};

/**
 * Runs activities without a worker or a server. `heartbeat` events carry the details of their heartbeats.
 *
 * ```ts
 * const environment = new MockActivityEnvironment({ attempt: 2 });
 * environment.on("heartbeat", (details) => environment.cancel());
 * await expect(environment.run(copyFiles, "from", "to")).rejects.toThrow(CancelledFailure);
 * ```
 *
 * All activities of one environment share its context: what is cancelled stays cancelled.
 */
export class MockActivityEnvironment extends EventEmitter {
  readonly context: Context;
  /** Cancels, for a reason of which activities may learn by `cancellationDetails()`. */
  readonly cancel: (reason?: CancelReason, details?: ActivityCancellationDetails) => void;
  readonly #options: { -readonly [Key in keyof RunningActivityOptions]: RunningActivityOptions[Key] };
  readonly #activity: RunningActivity;

  constructor(info?: Partial<Info>, options: MockActivityEnvironmentOptions = {}) {
    super();
    this.#options = {
      info: { ...defaultActivityInfo, ...info },
      fn: () => Promise.resolve(),
      client: options.client,
      logger: options.logger ?? silentLogger,
      metricMeter: options.metricMeter ?? noopMetricMeter,
      interceptors: options.interceptors ?? [],
      onHeartbeat: (details) => void this.emit("heartbeat", details),
      clock: systemClock,
      timers: systemTimers,
    };
    this.#activity = new RunningActivity(this.#options);
    this.context = this.#activity.context;
    this.cancel = (reason = "CANCELLED", details) => {
      this.#activity.cancel(reason);
      if (details === undefined) return;
      Object.defineProperty(this.context, "cancellationDetails", { value: details, configurable: true });
    };
  }

  /** Runs the function as an activity; resolves and rejects as it does. */
  // oxlint-disable-next-line no-explicit-any -- Activities of any signature.
  async run<P extends any[], R, F extends ActivityFunction<P, R>>(fn: F, ...args: P): Promise<R> {
    this.#options.fn = fn; // Read by the activity before it first waits.
    const outcome = await this.#activity.run(args, {});
    switch (outcome.status) {
      case "completed":
        return outcome.result as R;
      case "async":
        throw new CompleteAsyncError();
      case "failed":
      case "cancelled":
        throw outcome.error;
    }
  }
}
