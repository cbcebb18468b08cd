/** All sources side by side, each as a child workflow of its own: a source that is slow or paused holds up no other. */
import { allHandlersFinished, condition, setHandler, startChild } from "perdure/workflow";
import type { ChildWorkflowHandle, SignalDefinition } from "perdure/workflow";
import { pauseSignal, resumeSignal } from "./source.ts";
import { SOURCE_KEY } from "./transaction.ts";
import type { Progress, SourcePlan } from "./transaction.ts";

type SourceWorkflow = (plan: SourcePlan) => Promise<Progress>;

export async function ingestion(id: string, plans: readonly SourcePlan[]): Promise<Progress[]> {
  const open = new Set<ChildWorkflowHandle<SourceWorkflow>>();
  let haveAllStarted = false;

  async function tellAll(signal: SignalDefinition): Promise<void> {
    await condition(() => haveAllStarted);
    // One that ends at this moment can no longer be told, and need not be.
    await Promise.allSettled([...open].map((child) => child.signal(signal)));
  }
  setHandler(pauseSignal, () => tellAll(pauseSignal));
  setHandler(resumeSignal, () => tellAll(resumeSignal));

  const children = await Promise.all(
    plans.map((plan) =>
      startChild<SourceWorkflow>("ingestSource", {
        workflowId: `${id}/${plan.source}`,
        args: [plan],
        typedSearchAttributes: [{ key: SOURCE_KEY, value: plan.source }],
      }),
    ),
  );
  children.forEach((child) => open.add(child));
  haveAllStarted = true;
  const results = await Promise.all(children.map((child) => child.result().finally(() => open.delete(child))));
  await condition(allHandlersFinished);
  return results;
}
