/** Around the code of runs: how long replaying takes, whether a run was cached, and when it began. */
import type { Activation } from "../../workflow/activation.ts";
import type { TaskDependencies } from "../runs/index.ts";
import type { WorkerMetrics } from "./worker-metrics.ts";

interface Task {
  replayMs: number;
  wasMade: boolean;
}

export class MeteredCode {
  readonly #metrics: WorkerMetrics;
  /** By run id, of the tasks at hand. */
  readonly #tasks = new Map<string, Task>();
  /** When runs began, by run id; of those that are cached. */
  readonly #startedAt = new Map<string, number>();

  constructor(metrics: WorkerMetrics) {
    this.#metrics = metrics;
  }

  /** The same dependencies, watched. */
  watch(dependencies: TaskDependencies): TaskDependencies {
    const { createRun, drive } = dependencies;
    return {
      ...dependencies,
      createRun: (run, sites) => {
        const task = this.#tasks.get(run.runId);
        if (task !== undefined) task.wasMade = true;
        return createRun(run, sites);
      },
      drive: (code, activation) => {
        this.#noteStart(activation);
        const task = activation.isReplaying ? this.#tasks.get(activation.runId) : undefined;
        if (task === undefined) return drive(code, activation);
        const { clock } = this.#metrics;
        const startedAt = clock.now();
        const end = (): void => void (task.replayMs += clock.now() - startedAt);
        const done = drive(code, activation);
        if (done instanceof Promise) return done.finally(end);
        end();
        return done;
      },
    };
  }

  begin(runId: string): void {
    this.#tasks.set(runId, { replayMs: 0, wasMade: false });
  }

  /** The task's first part is over; `isFirst` when the run has no history before it. */
  end(runId: string, workflowType: string, isFirst: boolean): void {
    const task = this.#tasks.get(runId);
    this.#tasks.delete(runId);
    if (task === undefined) return;
    const { counters, latencies } = this.#metrics;
    const tags = { workflow_type: workflowType };
    if (task.replayMs > 0 || task.wasMade) latencies.workflow_task_replay_latency.record(task.replayMs, tags);
    if (!isFirst) (task.wasMade ? counters.sticky_cache_miss : counters.sticky_cache_hit).add(1, tags);
  }

  startedAt(runId: string): number | undefined {
    return this.#startedAt.get(runId);
  }

  /** The run is over. */
  forget(runId: string): void {
    this.#startedAt.delete(runId);
  }

  /** The run left the cache before its end. */
  evicted(runId: string): void {
    this.forget(runId);
    this.#metrics.counters.sticky_cache_total_forced_eviction.add(1);
  }

  #noteStart({ runId, jobs }: Activation): void {
    const first = jobs[0];
    if (first?.kind === "initializeWorkflow") this.#startedAt.set(runId, first.startTimeMs);
  }
}
