import {
  CancellationScope,
  ChildWorkflowCancellationType,
  ParentClosePolicy,
  executeChild,
  getExternalWorkflowHandle,
  isCancellation,
  startChild,
  workflowInfo,
} from "@temporalio/workflow";
import type { ChildWorkflowOptions } from "@temporalio/workflow";

function reasonOf(error: unknown): string {
  const { cause } = error as { cause?: Error };
  return cause === undefined ? (error as Error).name : `${cause.name}: ${cause.message}`;
}

/** Starts a child by name with any options and tells how it ended. */
export async function runChild(call: {
  type: string;
  args?: unknown[];
  options?: Partial<ChildWorkflowOptions>;
}): Promise<unknown> {
  try {
    return await executeChild(call.type, { args: call.args ?? [], ...call.options } as never);
  } catch (error) {
    return `child failed: ${reasonOf(error)}`;
  }
}

/** Leaves its children to the policy that each was given. */
export async function leaveChildren(
  children: { workflowId: string; policy: keyof typeof ParentClosePolicy }[],
): Promise<string> {
  for (const { workflowId, policy } of children) {
    await startChild("waitForever", { workflowId, parentClosePolicy: ParentClosePolicy[policy] as never });
  }
  return "left";
}

export async function signalChild(workflowId: string): Promise<unknown> {
  const child = await startChild("describeWorkflow", { workflowId });
  await child.signal("release");
  return child.result();
}

export async function cancelChild(call: {
  workflowId: string;
  type: keyof typeof ChildWorkflowCancellationType;
}): Promise<string> {
  const scope = new CancellationScope();
  const child = await scope.run(() =>
    startChild("cleanUpWhenCancelled", {
      workflowId: call.workflowId,
      cancellationType: ChildWorkflowCancellationType[call.type] as never,
    }),
  );
  const result = child.result().then(
    () => "completed",
    (error: unknown) => (isCancellation(error) ? "cancelled" : `failed: ${reasonOf(error)}`),
  );
  scope.cancel();
  return result;
}

export async function startTwins(workflowId: string): Promise<string> {
  await startChild("waitForever", { workflowId });
  try {
    await startChild("waitForever", { workflowId });
    return "not reached";
  } catch (error) {
    return (error as Error).name;
  }
}

/** A family of three generations; the youngest tells who its parent and its root are. */
export async function tellAncestors(depth: number): Promise<{ parent: string | undefined; root: string | undefined }> {
  if (depth > 0) {
    return executeChild(tellAncestors, { args: [depth - 1], workflowId: `${workflowInfo().workflowId}-${depth}` });
  }
  const { parent, root } = workflowInfo();
  return { parent: parent?.workflowId, root: root?.workflowId };
}

export async function signalElsewhere(call: { workflowId: string; signal: string; args: unknown[] }): Promise<string> {
  try {
    await getExternalWorkflowHandle(call.workflowId).signal(call.signal, ...call.args);
    return "signalled";
  } catch (error) {
    return `failed: ${(error as Error).message}`;
  }
}

export async function cancelElsewhere(workflowId: string): Promise<string> {
  try {
    await getExternalWorkflowHandle(workflowId).cancel();
    return "cancel requested";
  } catch (error) {
    return `failed: ${(error as Error).message}`;
  }
}

export async function runManyChildren(count: number): Promise<number> {
  const results = await Promise.all(
    Array.from({ length: count }, (_, index) => executeChild("echo", { args: [index] })),
  );
  return results.length;
}
