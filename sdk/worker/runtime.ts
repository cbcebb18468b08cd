/** What all workers of a process share: its logger, its metrics, and the signals that stop it. */
import { DefaultLogger } from "./logger.ts";
import { IllegalStateError, msToNumber, noopMetricMeter } from "../common/index.ts";
import type { Logger, MetricMeter } from "../common/index.ts";
import type { MetricsBuffer } from "./metrics/metrics-buffer.ts";
import { levelOf, openTelemetry } from "./metrics/telemetry.ts";
import type { Telemetry } from "./metrics/telemetry.ts";
import type { RuntimeOptions } from "./runtime-options.ts";

const SIGNALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGQUIT", "SIGUSR2"];
const HEARTBEAT_MIN_MS = 1_000;
const HEARTBEAT_MAX_MS = 60_000;

/** One per process. */
export class Runtime {
  static #instance: Runtime | undefined;

  readonly options: RuntimeOptions;
  readonly logger: Logger;
  readonly metricMeter: MetricMeter;
  /** Where the updates are fetched, with `telemetryOptions.metrics.buffer`. */
  readonly metricsBuffer: MetricsBuffer | undefined;
  /** @internal */
  readonly telemetry: Telemetry;
  /** @internal 0: workers say nothing about themselves. */
  readonly workerHeartbeatMs: number;
  readonly #shutdownCallbacks = new Set<() => void>();

  private constructor(options: RuntimeOptions) {
    this.options = options;
    this.workerHeartbeatMs = heartbeatMs(options);
    this.logger = options.logger ?? new DefaultLogger(levelOf(options.telemetryOptions));
    this.telemetry = openTelemetry(options, (error) => this.logger.error("Metrics are not served", { error }));
    this.metricMeter = this.telemetry.meter ?? noopMetricMeter;
    this.metricsBuffer = this.telemetry.buffer;
  }

  /**
   * Sets the options; before the first worker.
   *
   * @throws IllegalStateError when the process has a runtime already; TypeError or RangeError for options.
   */
  static install(options: RuntimeOptions): Runtime {
    if (Runtime.#instance !== undefined)
      throw new IllegalStateError("Runtime is installed already: call Runtime.install() once, before the first worker");
    return (Runtime.#instance = new Runtime(options));
  }

  /** The process's runtime; made with these options when it has none. */
  static instance(options: RuntimeOptions = {}): Runtime {
    return (Runtime.#instance ??= new Runtime(options));
  }

  /** Lines are written at once: there is nothing to flush. */
  flushLogs(): void {}

  /** Calls back at the signals that stop the process; while anybody waits, the signals do not end it. */
  registerShutdownSignalCallback(callback: () => void): void {
    if (this.#shutdownCallbacks.size === 0)
      for (const signal of this.options.shutdownSignals ?? SIGNALS) process.on(signal, this.#onSignal);
    this.#shutdownCallbacks.add(callback);
  }

  deregisterShutdownSignalCallback(callback: () => void): void {
    if (!this.#shutdownCallbacks.delete(callback) || this.#shutdownCallbacks.size > 0) return;
    for (const signal of this.options.shutdownSignals ?? SIGNALS) process.off(signal, this.#onSignal);
  }

  /** Forgets the runtime, so that another may be installed. */
  async shutdown(): Promise<void> {
    if (Runtime.#instance === this) Runtime.#instance = undefined;
    await this.telemetry.endpoint?.close();
  }

  readonly #onSignal = (): void => {
    for (const callback of this.#shutdownCallbacks) callback();
  };
}

function heartbeatMs({ workerHeartbeatInterval = HEARTBEAT_MAX_MS }: RuntimeOptions): number {
  const ms = msToNumber(workerHeartbeatInterval);
  if (ms !== 0 && (ms < HEARTBEAT_MIN_MS || ms > HEARTBEAT_MAX_MS))
    throw new RangeError(`Runtime: workerHeartbeatInterval must be 0 or from 1 s to 60 s, not ${ms} ms`);
  return ms;
}
