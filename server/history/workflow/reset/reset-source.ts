/** What a reset reads before it decides: the run it goes back in, and the runs that went on from it. */
import { EventType } from "../../../../api/gen/enums.js";
import { Code, ServiceError } from "../../../../api/errors.ts";
import { HistoryEvent } from "../../../../api/gen/messages.js";
import type { HistoryEnv, Namespace } from "../../env.ts";
import { readTransitions, snapshotHistory } from "../../history-reader.ts";
import type { HistorySnapshot } from "../../history-reader.ts";
import type { Entity } from "../../kernel/index.ts";
import { decideRun } from "../decide-run.ts";
import type { RunName } from "../decide-run.ts";
import { unwrittenTaskEvents } from "../machines/workflow-task.ts";
import type { Run } from "../run.ts";

export interface ResetSource {
  readonly key: { readonly slot: number; readonly id: number };
  readonly runId: string;
  /** All events, encoded; at the end those of a started task that are not written yet. */
  readonly events: readonly Uint8Array[];
  /** Ids of events with which a transition began. */
  readonly boundaries: ReadonlySet<number>;
  /** Id after the last written event. */
  readonly nextEventId: number;
  /** What clients see as the last one. */
  readonly lastEventId: number;
}

interface Seen {
  readonly runId: string;
  readonly snapshot: HistorySnapshot;
  readonly unwritten: readonly Uint8Array[];
}

export async function readSource(env: HistoryEnv, namespace: Namespace, name: RunName): Promise<ResetSource> {
  const { runId, snapshot, unwritten } = await decideRun(env, namespace, name, see);
  const transitions = await readTransitions(env.store, snapshot);
  const events: Uint8Array[] = [];
  const boundaries = new Set<number>();
  for (const transition of transitions) {
    boundaries.add(transition.node);
    for (const event of transition.events) events.push(event);
  }
  const { key, nextEventId } = snapshot;
  boundaries.add(nextEventId);
  return {
    ...{ key, runId, boundaries, nextEventId },
    events: [...events, ...unwritten],
    lastEventId: events.length + unwritten.length,
  };
}

/** A task that may leave no events is not one to go back to. */
function see(run: Run): Seen {
  const { state } = run;
  return {
    runId: run.runId,
    snapshot: snapshotHistory(run.view.entity as unknown as Entity, state.nextEventId),
    unwritten: state.workflowTask?.scheduledWritten === true ? unwrittenTaskEvents(run, "other") : [],
  };
}

/** The runs that went on from this one by continue-as-new, in order; it ends early where one has been deleted. */
export async function readChain(
  env: HistoryEnv,
  namespace: Namespace,
  base: { workflowId: string; source: ResetSource },
): Promise<readonly ResetSource[]> {
  const chain: ResetSource[] = [];
  for (let { source } = base; ;) {
    const runId = continuedAs(source);
    if (runId === undefined) return chain;
    try {
      source = await readSource(env, namespace, { workflowId: base.workflowId, runId });
    } catch (error) {
      if (error instanceof ServiceError && error.code === Code.NOT_FOUND) return chain;
      throw error;
    }
    chain.push(source);
  }
}

function continuedAs({ events }: ResetSource): string | undefined {
  const last = HistoryEvent.decode(events[events.length - 1] as Uint8Array);
  if (last.eventType !== EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW) return undefined;
  return last.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
}
