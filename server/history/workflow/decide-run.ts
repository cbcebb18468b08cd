import { invalidArgument, notFound } from "../../../api/errors.ts";
import type { RunState } from "../gen/messages.js";
import type { HistoryEnv, Namespace } from "../env.ts";
import { CommittedRefusal } from "../kernel/index.ts";
import type { Answers, Decision, EntityTx } from "../kernel/index.ts";
import { RunLimitError } from "./run-limit-error.ts";
import { SERVER_IDENTITY } from "./machines/server-identity.ts";
import { terminateRun } from "./machines/terminate.ts";
import { textPayloads } from "./text-payloads.ts";
import { RunDecision } from "./run.ts";
import type { Run, RunTx } from "./run.ts";
import { skipTime } from "./skip-time.ts";

export interface RunName {
  readonly workflowId: string;
  /** Empty or absent: the current run. */
  readonly runId?: string | undefined;
}

/** Decides on a run that must exist. */
export function decideRun<T>(
  env: HistoryEnv,
  namespace: Namespace,
  name: RunName,
  decide: (run: Run) => T,
): Promise<T> {
  return env.kernel.decide(entityName(env, namespace, name), (tx, target) => {
    if (target === undefined) throw runNotFound(name);
    return finishWith(new RunDecision(env, tx, "caller"), (decision) =>
      decide(decision.open(target as EntityTx as RunTx)),
    );
  });
}

/** Decides on a workflow id: `current` is its current run, if there ever was one. */
export function decideWorkflow<T>(
  env: HistoryEnv,
  namespace: Namespace,
  workflowId: string,
  decide: (decision: RunDecision, current: Run | undefined) => T,
): Promise<T> {
  return env.kernel.decide(entityName(env, namespace, { workflowId }), (tx, target) =>
    finishWith(new RunDecision(env, tx, "caller"), (decision) =>
      decide(decision, target === undefined ? undefined : decision.open(target as EntityTx as RunTx)),
    ),
  );
}

/** Decides on the run of a task: by the key that its token or queue entry carries. */
export function decideRunByKey<T>(
  env: HistoryEnv,
  key: { slot: number; id: number },
  decide: (run: Run | undefined) => T,
  answers?: Answers,
): Promise<T> {
  const decision: Decision<T> = (tx, target) =>
    finishWith(new RunDecision(env, tx, "caller"), (made) => {
      const isRun = target !== undefined && target.identity.kind === env.workflowKind.id;
      return decide(isRun ? made.open(target as EntityTx as EntityTx<RunState>) : undefined);
    });
  return env.kernel.decideByKey(key, decision, answers);
}

/** A run that has outgrown a limit is terminated instead of what was to be done, and the caller learns why. */
export function finishWith<T>(decision: RunDecision, decide: (decision: RunDecision) => T): T {
  try {
    const value = decide(decision);
    for (const run of decision.runs) if (run.state.timeSkipping !== undefined) skipTime(run);
    decision.finish();
    return value;
  } catch (error) {
    if (!(error instanceof RunLimitError)) throw error;
    const { env, tx } = decision;
    tx.restart();
    const termination = new RunDecision(env, tx, "limit");
    const { entity, reason, message } = error;
    const details = message === reason ? undefined : textPayloads(message);
    terminateRun(termination.open(tx.open(entity)), { reason, details, identity: SERVER_IDENTITY });
    termination.finish();
    throw new CommittedRefusal(invalidArgument(error.message));
  }
}

function entityName(env: HistoryEnv, namespace: Namespace, { workflowId, runId }: RunName) {
  return {
    kind: env.workflowKind.id,
    namespace: namespace.number,
    businessId: workflowId,
    runId: runId === "" ? undefined : runId,
  };
}

export function runNotFound({ workflowId, runId }: RunName): Error {
  return runId === undefined || runId === ""
    ? notFound(`workflow not found for ID: ${workflowId}`)
    : notFound(`workflow execution not found for workflow ID "${workflowId}" and run ID "${runId}"`);
}

export const WORKFLOW_COMPLETED_TEXT = "workflow execution already completed";

export function assertRunning(run: Run): void {
  if (!run.isRunning) throw notFound(WORKFLOW_COMPLETED_TEXT);
}
