import {
  CancellationScope,
  ChildWorkflowCancellationType,
  executeChild,
  defineSignal,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  proxyLocalActivities,
  setHandler,
  sleep,
  startChild,
  workflowInfo,
} from "@temporalio/workflow";
import type * as activities from "../activities.ts";
import { outcome } from "./outcome.ts";

const { last } = proxyLocalActivities<typeof activities>({ startToCloseTimeout: "10s" });

function childId(name: string): string {
  return `${workflowInfo().workflowId}-${name}`;
}

export async function callsChildren(): Promise<unknown[]> {
  return [
    await outcome(executeChild("returnsAtOnce", { workflowId: childId("a"), args: ["from a child"] })),
    await outcome(executeChild("fails", { workflowId: childId("b"), args: ["a child fails"] })),
  ];
}

export async function childExistsAlready(): Promise<unknown[]> {
  const first = await startChild("answersQueries", { workflowId: childId("a"), args: [] });
  const second = await outcome(startChild("returnsAtOnce", { workflowId: childId("a"), args: ["x"] }));
  await first.signal("finish", "told by its parent");
  return [second, await first.result()];
}

export async function cancelsChildren(): Promise<unknown[]> {
  const results: unknown[] = [];
  for (const type of ["ABANDON", "TRY_CANCEL", "WAIT_CANCELLATION_COMPLETED", "WAIT_CANCELLATION_REQUESTED"] as const) {
    const options = {
      args: [],
      cancellationType: ChildWorkflowCancellationType[type],
      parentClosePolicy: ParentClosePolicy.TERMINATE,
    };
    const scope = new CancellationScope();
    const called = scope.run(() =>
      outcome(executeChild("cleansUpWhenCancelled", { ...options, workflowId: childId(type) })),
    );
    await sleep(50);
    scope.cancel();
    results.push(await called);
    const early = new CancellationScope();
    const never = early.run(() =>
      outcome(executeChild("cleansUpWhenCancelled", { ...options, workflowId: childId(`${type}-never`) })),
    );
    early.cancel();
    results.push(await never);
  }
  return results;
}

export async function terminatedChild(): Promise<unknown> {
  return outcome(executeChild("sleepsTooLong", { workflowId: childId("a"), args: [], workflowRunTimeout: "1s" }));
}

export async function sleepsTooLong(): Promise<void> {
  await sleep("1 hour");
}

/** Signals and cancels others, there or not, and takes one signal back before it is sent. */
export async function tellsOthers(friendId: string): Promise<unknown[]> {
  const friend = getExternalWorkflowHandle(friendId);
  const nobody = getExternalWorkflowHandle(`${friendId}-nobody`);
  const results = [await outcome(friend.signal("poke", "hello")), await outcome(nobody.signal("poke", "hello"))];
  const scope = new CancellationScope();
  const taken = scope.run(() => outcome(friend.signal("poke", "never")));
  scope.cancel();
  results.push(await taken, await outcome(nobody.cancel()), await outcome(friend.cancel()));
  return results;
}

export const nowSignal = defineSignal("now");

/** A child is cancelled when history has that it is to start, and not yet that it has. */
export async function cancelsStartingChild(type: keyof typeof ChildWorkflowCancellationType): Promise<unknown[]> {
  const scope = new CancellationScope();
  setHandler(nowSignal, () => scope.cancel());
  const called = scope.run(() =>
    outcome(
      executeChild("cleansUpWhenCancelled", {
        args: [],
        workflowId: childId("a"),
        cancellationType: ChildWorkflowCancellationType[type],
      }),
    ),
  );
  // The signal comes while this task lasts, and so before the child has started.
  await last(600);
  return [await called, await sleep(300)];
}
