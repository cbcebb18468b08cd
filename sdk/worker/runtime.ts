/** What all workers of a process share: its logger, its metrics, and the signals that stop it. */
import { DefaultLogger } from "./logger.ts";
import { IllegalStateError, noopMetricMeter } from "../common/index.ts";
import type { Logger, MetricMeter } from "../common/index.ts";

export interface RuntimeOptions {
  /** Where logs go; to standard error from INFO upwards unless given. */
  logger?: Logger;
  /** Where the SDK's own metrics go, and those of workflows and activities; nowhere unless given. */
  metricMeter?: MetricMeter;
  /** Signals at which workers shut down; SIGINT, SIGTERM, SIGQUIT and SIGUSR2 unless given. */
  shutdownSignals?: NodeJS.Signals[];
}

const SIGNALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGQUIT", "SIGUSR2"];

/** One per process. */
export class Runtime {
  static #instance: Runtime | undefined;

  readonly options: RuntimeOptions;
  readonly logger: Logger;
  readonly metricMeter: MetricMeter;
  readonly #shutdownCallbacks = new Set<() => void>();

  private constructor(options: RuntimeOptions) {
    this.options = options;
    this.logger = options.logger ?? new DefaultLogger("INFO");
    this.metricMeter = options.metricMeter ?? noopMetricMeter;
  }

  /** Sets the options; before the first worker. Throws IllegalStateError when the process has a runtime already. */
  static install(options: RuntimeOptions): Runtime {
    if (Runtime.#instance !== undefined)
      throw new IllegalStateError("Runtime is installed already: call Runtime.install() once, before the first worker");
    return (Runtime.#instance = new Runtime(options));
  }

  /** The process's runtime; made with these options when it has none. */
  static instance(options: RuntimeOptions = {}): Runtime {
    return (Runtime.#instance ??= new Runtime(options));
  }

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
  }

  readonly #onSignal = (): void => {
    for (const callback of this.#shutdownCallbacks) callback();
  };
}
