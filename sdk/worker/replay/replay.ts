/** Replays histories against workflow code: does it still do what it did? */
import { DeterminismViolationError } from "../../workflow/errors.ts";
import { sdkInfo } from "../../workflow/sdk-info.ts";
import { loadDataConverter } from "../../common/host/loaded-data-converter.ts";
import { msToNumber } from "../../common/index.ts";
import { replayHistory as replayRun } from "../runs/index.ts";
import { Runtime } from "../runtime.ts";
import type { WorkflowHost } from "../sandbox/index.ts";
import { SinkCalls } from "../sink-calls.ts";
import { driveThroughOf, openWorkflowHost, runOptionsOf } from "../workflow-code.ts";
import type { ReplayWorkerOptions } from "../worker-options.ts";
import { historyBytes, identityOf } from "./history-input.ts";

/** A history could not be replayed, for another reason than that it does not fit. */
export class ReplayError extends Error {
  override readonly name: string = "ReplayError";
}

/** A history to replay. */
export interface HistoryAndWorkflowId {
  readonly workflowId: string;
  /** Encoded, as a client fetched it, or JSON. */
  readonly history: unknown;
}

/** Histories to replay, one after another. */
export type ReplayHistoriesIterable = AsyncIterable<HistoryAndWorkflowId> | Iterable<HistoryAndWorkflowId>;

/** What came of the replay of one history. */
export interface ReplayResult {
  readonly workflowId: string;
  readonly runId: string;
  readonly error?: ReplayError | DeterminismViolationError;
}

/** Throws DeterminismViolationError when history and code do not fit, else ReplayError. */
export async function replayHistory(
  options: ReplayWorkerOptions,
  history: unknown,
  workflowId?: string,
): Promise<void> {
  await using replayer = await Replayer.open(options);
  const { error } = await replayer.replay(history, workflowId);
  if (error !== undefined) throw error;
}

/** One result for each history, in their order; code is loaded once. */
export async function* replayHistories(
  options: ReplayWorkerOptions,
  histories: ReplayHistoriesIterable,
): AsyncGenerator<ReplayResult> {
  await using replayer = await Replayer.open(options);
  for await (const { workflowId, history } of histories) yield await replayer.replay(history, workflowId);
}

/** Where workflow code runs for replays; nothing is sent, and no activity runs. */
export class Replayer implements AsyncDisposable {
  readonly #options: ReplayWorkerOptions;
  readonly #host: WorkflowHost;
  readonly #ownsHost: boolean;
  readonly #sinks: SinkCalls;

  static async open(given: ReplayWorkerOptions): Promise<Replayer> {
    let options = given;
    for (const plugin of given.plugins ?? []) options = (await plugin.configureReplayWorker?.(options)) ?? options;
    const { logger } = Runtime.instance();
    const host = await openWorkflowHost({
      given: options,
      dataConverter: loadDataConverter(options.dataConverter),
      executionLimitMs: msToNumber(options.isolateExecutionTimeout ?? "5s"),
      logger,
    });
    return new Replayer(options, host, true);
  }

  /** In the place where a worker runs its workflows. */
  static on(host: WorkflowHost, options: ReplayWorkerOptions): Replayer {
    return new Replayer(options, host, false);
  }

  private constructor(options: ReplayWorkerOptions, host: WorkflowHost, ownsHost: boolean) {
    this.#options = options;
    this.#host = host;
    this.#ownsHost = ownsHost;
    const { logger, metricMeter } = Runtime.instance();
    this.#sinks = new SinkCalls({ logger, metricMeter, sinks: options.sinks ?? {} });
  }

  /** Never rejects: what is wrong is in the result. */
  async replay(history: unknown, workflowId?: string): Promise<ReplayResult> {
    let runId = "";
    let id = workflowId ?? "";
    try {
      const bytes = historyBytes(history);
      const identity = identityOf(bytes);
      runId = identity.runId;
      id = workflowId ?? (identity.workflowId || "replay");
      await this.#run(bytes, { ...identity, workflowId: id, namespace: "replay" });
      return { workflowId: id, runId };
    } catch (error) {
      return { workflowId: id, runId, error: asReplayError(error) };
    }
  }

  async #run(history: Uint8Array, run: Parameters<typeof runOptionsOf>[0]): Promise<void> {
    const { logger } = Runtime.instance();
    await replayRun({
      run,
      history,
      sdk: sdkInfo,
      codecs: this.#options.dataConverter?.payloadCodecs ?? [],
      createRun: (_, sites) => this.#host.createRun(runOptionsOf(run, this.#options, { logger, sites })),
      drive: (code, activation) => this.#host.drive(code, activation),
      ...driveThroughOf(this.#host),
      onSinkCalls: (calls) => this.#sinks.dispatch(calls, run),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ownsHost) this.#host.close();
  }
}

function asReplayError(error: unknown): ReplayError | DeterminismViolationError {
  if (error instanceof DeterminismViolationError || error instanceof ReplayError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ReplayError(message, { cause: error });
}
