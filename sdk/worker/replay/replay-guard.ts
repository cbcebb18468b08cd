/**
 * Before a worker takes traffic it replays open histories of its workflow types with the code it is about to run: a change
 * that breaks them is found before the first of them is touched.
 */
import type { Client } from "../../client/index.ts";
import type { Logger } from "../../common/index.ts";
import type { WorkflowHost } from "../sandbox/index.ts";
import type { ReplayGuardOptions, WorkerOptions } from "../worker-options.ts";
import { Replayer } from "./replay.ts";
import type { ReplayResult } from "./replay.ts";

/** Open runs do not replay with the code of a worker that was about to start. */
export class ReplayGuardError extends Error {
  override readonly name = "ReplayGuardError";
  /** Of the runs that do not replay. */
  readonly results: readonly ReplayResult[];

  constructor(results: readonly ReplayResult[]) {
    super(guardMessage(results));
    this.results = results;
  }
}

const SAMPLE_DEFAULT = 5;

interface Guarded {
  readonly options: WorkerOptions;
  readonly guard: ReplayGuardOptions;
  readonly taskQueue: string;
  readonly host: WorkflowHost;
  readonly client: Client;
  readonly logger: Logger;
}

/** Throws ReplayGuardError, or writes it to the log, as the options say. */
export async function guardOpenHistories({ options, guard, taskQueue, host, client, logger }: Guarded): Promise<void> {
  const { sample = SAMPLE_DEFAULT, onViolation = "refuse" } = guard;
  const replayer = Replayer.on(host, options);
  const failed: ReplayResult[] = [];
  let count = 0;
  for (const type of host.workflowTypes ?? [undefined]) {
    const ofType = type === undefined ? "" : ` AND WorkflowType = '${type.replaceAll("'", "''")}'`;
    const query = `ExecutionStatus = 'Running' AND TaskQueue = '${taskQueue.replaceAll("'", "''")}'${ofType}`;
    let taken = 0;
    for await (const { workflowId, runId } of client.workflow.list({ query, pageSize: sample })) {
      if (++taken > sample) break;
      const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
      const result = await replayer.replay(history, workflowId);
      count++;
      if (result.error !== undefined) failed.push({ ...result, runId });
    }
  }
  logger.info("Replayed open histories", { count, failed: failed.length });
  if (failed.length === 0) return;
  const error = new ReplayGuardError(failed);
  if (onViolation === "refuse") throw error;
  logger.warn(error.message);
}

function guardMessage(results: readonly ReplayResult[]): string {
  const runs = results.map(({ workflowId, runId, error }) => `  ${workflowId} (run ${runId}): ${error?.message ?? ""}`);
  return (
    `${results.length} open ${results.length === 1 ? "run does" : "runs do"} not replay with this worker's code. ` +
    `Change the code so that they do (patched() keeps both), or deploy it as another version:\n${runs.join("\n")}`
  );
}
