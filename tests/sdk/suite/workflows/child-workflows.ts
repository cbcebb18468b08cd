import {
  CancellationScope,
  condition,
  defineSignal,
  executeChild,
  getExternalWorkflowHandle,
  isCancellation,
  setHandler,
  sleep,
  startChild,
  workflowInfo,
} from "../../../../sdk/workflow/index.ts";
import type {
  ChildWorkflowCancellationType,
  ChildWorkflowOptions,
  ParentClosePolicy,
} from "../../../../sdk/workflow/index.ts";
import { ApplicationFailure } from "../../../../sdk/common/index.ts";
import { chainOf, type Link } from "../chain.ts";

export const finish = defineSignal<[unknown]>("finish");

export async function returns(value: unknown): Promise<unknown> {
  return value;
}

export async function failsWith(message: string, type = "Custom"): Promise<never> {
  throw ApplicationFailure.nonRetryable(message, type, "detail");
}

export async function waitsForFinish(): Promise<unknown> {
  const box: { value?: unknown } = {};
  setHandler(finish, (value) => void (box.value = value));
  await condition(() => "value" in box);
  return box.value;
}

/** Ends by itself only long after every test. */
export async function waitsLong(): Promise<void> {
  await sleep("1 day");
}

export async function cleansUpWhenCancelled(): Promise<string> {
  try {
    await sleep("1 day");
    return "slept";
  } catch (error) {
    if (!isCancellation(error)) throw error;
    await CancellationScope.nonCancellable(() => sleep(5));
    return "cleaned up";
  }
}

export async function executesChild(
  type: string,
  args: unknown[] = [],
  options: ChildWorkflowOptions = {},
): Promise<unknown> {
  return executeChild(type, { args, ...options });
}

export async function childFailure(
  type: string,
  args: unknown[] = [],
  options: ChildWorkflowOptions = {},
): Promise<Link[]> {
  try {
    await executeChild(type, { args, ...options });
    return [];
  } catch (error) {
    return chainOf(error);
  }
}

export async function executesChildByFunction(value: string): Promise<unknown> {
  return executeChild(returns, { args: [value] });
}

export async function childrenInParallel(count: number): Promise<unknown[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => executeChild(returns, { args: [index] })));
}

export async function startsChild(workflowId: string): Promise<unknown[]> {
  const child = await startChild(waitsForFinish, { workflowId });
  await child.signal(finish, "from the parent");
  return [child.workflowId, child.firstExecutionRunId.length, await child.result()];
}

export async function childIds(): Promise<{ id: string; parent: string }> {
  return executeChild(tellsIds);
}

export async function tellsIds(): Promise<{ id: string; parent: string; root: string }> {
  const { workflowId, parent, root } = workflowInfo();
  return { id: workflowId, parent: parent?.workflowId ?? "", root: root?.workflowId ?? "" };
}

export async function grandchild(): Promise<unknown> {
  return executeChild(childIds);
}

export async function startsAndEnds(workflowId: string, parentClosePolicy: ParentClosePolicy): Promise<void> {
  await startChild(waitsForFinish, { workflowId, parentClosePolicy });
}

export async function cancelsChild(
  type: string,
  cancellationType: ChildWorkflowCancellationType,
): Promise<Link[] | unknown> {
  const scope = new CancellationScope();
  const started = scope.run(() =>
    startChild(type, { cancellationType, workflowId: `${workflowInfo().workflowId}-child` }),
  );
  const child = await started;
  const result = child.result().then(
    (value) => value,
    (error: unknown) => chainOf(error),
  );
  scope.cancel();
  return result;
}

export async function cancelsChildAtOnce(): Promise<Link[]> {
  const scope = new CancellationScope();
  const result = scope
    .run(() => executeChild(waitsLong))
    .then(
      () => [],
      (error: unknown) => chainOf(error),
    );
  scope.cancel();
  return result;
}

export async function signalsExternal(workflowId: string, value: unknown, runId?: string): Promise<Link[] | "sent"> {
  try {
    await getExternalWorkflowHandle(workflowId, runId).signal(finish, value);
    return "sent";
  } catch (error) {
    return chainOf(error);
  }
}

export async function cancelsExternal(workflowId: string): Promise<Link[] | "sent"> {
  try {
    await getExternalWorkflowHandle(workflowId).cancel();
    return "sent";
  } catch (error) {
    return chainOf(error);
  }
}

export async function signalsFinishedChild(): Promise<Link[] | "sent"> {
  const child = await startChild(returns, { args: [1] });
  await child.result();
  try {
    await child.signal(finish, 1);
    return "sent";
  } catch (error) {
    return chainOf(error);
  }
}

export async function cancelledBeforeSignal(workflowId: string): Promise<Link[] | "sent"> {
  const scope = new CancellationScope();
  scope.cancel();
  try {
    await scope.run(() => getExternalWorkflowHandle(workflowId).signal(finish, 1));
    return "sent";
  } catch (error) {
    return chainOf(error);
  }
}

export async function failsAnAttempt(times: number): Promise<number> {
  const { attempt } = workflowInfo();
  if (attempt <= times) throw ApplicationFailure.retryable(`attempt ${attempt}`, "Flaky");
  return attempt;
}
