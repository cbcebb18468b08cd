import type { Input } from "../../../api/codec.ts";
import { WorkerStatus } from "../../../api/gen/enums.js";
import type { WorkerHeartbeat } from "../../../api/gen/messages.js";
import type { Clock, TimerHandle, Timers } from "../../../base/index.ts";
import type { Logger } from "../../common/index.ts";
import type { WorkflowServiceMethods } from "../../connection/index.ts";
import type { CompiledWorkerOptions } from "../compiled-options.ts";
import { reportOf } from "./worker-report.ts";
import type { ReportedParts } from "./worker-report.ts";

export interface WorkerHeartbeatsOptions {
  readonly compiled: CompiledWorkerOptions;
  readonly parts: ReportedParts;
  readonly service: () => WorkflowServiceMethods;
  readonly instanceKey: string;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly timers: Timers;
}

/** Tells the server about the worker, now and then. */
export class WorkerHeartbeats {
  readonly #options: WorkerHeartbeatsOptions;
  readonly #startedAt: number;
  #timer: TimerHandle | undefined;
  #lastAt: number | undefined;

  constructor(options: WorkerHeartbeatsOptions) {
    this.#options = options;
    this.#startedAt = options.clock.now();
  }

  start(intervalMs: number): void {
    const { timers } = this.#options;
    const beat = (): void => {
      this.#timer = timers.set(intervalMs, beat);
      void this.#send();
    };
    beat();
  }

  stop(): void {
    if (this.#timer !== undefined) this.#options.timers.clear(this.#timer);
    this.#timer = undefined;
  }

  /** The last word, which goes with the call that says that the worker ends; undefined when there was none before. */
  last(): Input<WorkerHeartbeat> | undefined {
    return this.#lastAt === undefined ? undefined : this.#report(WorkerStatus.WORKER_STATUS_SHUTTING_DOWN);
  }

  async #send(): Promise<void> {
    const { service, compiled, logger } = this.#options;
    const { namespace, identity } = compiled;
    const workerHeartbeat = [this.#report(WorkerStatus.WORKER_STATUS_RUNNING)];
    try {
      await service().recordWorkerHeartbeat({ namespace, identity, workerHeartbeat });
    } catch (error) {
      logger.debug("The worker's heartbeat could not be sent", { error });
    }
  }

  #report(status: WorkerStatus): Input<WorkerHeartbeat> {
    const { compiled, parts, instanceKey, clock } = this.#options;
    const now = clock.now();
    const lastAt = this.#lastAt;
    this.#lastAt = now;
    return reportOf(parts, { compiled, instanceKey, startedAt: this.#startedAt, now, lastAt, status });
  }
}
