/** Runs a program and returns what it saw, in the order in which it saw it. */
import {
  CancellationScope,
  condition,
  defineSignal,
  executeChild,
  isCancellation,
  patched,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  sleep,
  upsertMemo,
  uuid4,
  workflowInfo,
} from "../../../sdk/workflow/index.ts";
import type * as activities from "./activities.ts";
import type { Program } from "./program.ts";

const options = {
  startToCloseTimeout: 10_000,
  retry: { initialInterval: 1, backoffCoefficient: 1, maximumAttempts: 3 },
};
const remote = proxyActivities<typeof activities>(options);
const local = proxyLocalActivities<typeof activities>(options);

export async function runsProgram(program: Program): Promise<string[]> {
  const seen: string[] = [];
  let signaled = 0;
  for (const name of ["left", "right"]) {
    setHandler(defineSignal(name), async () => {
      seen.push(`signal ${++signaled}`);
      await sleep(1);
      seen.push("signal handled");
    });
  }
  const run = async (each: Program): Promise<void> => {
    try {
      seen.push(`${each.kind}: ${String(await step(each))}`);
    } catch (error) {
      seen.push(`${each.kind} ${isCancellation(error) ? "cancelled" : `failed ${(error as Error).name}`}`);
      if (isCancellation(error)) throw error;
    }
  };
  const step = async (each: Program): Promise<unknown> => {
    switch (each.kind) {
      case "sleep":
        return sleep(each.ms);
      case "activity":
        return remote.works(each.value, each.failures);
      case "local":
        return local.works(each.value, each.failures);
      case "child":
        return executeChild(runsProgram, {
          args: [each.program],
          workflowId: `${workflowInfo().workflowId}-${uuid4()}`,
        });
      case "signal":
        return remote.signals(each.name);
      case "wait":
        return condition(() => signaled >= each.signals, each.ms + 1);
      case "draw":
        return `${Math.random()} ${uuid4()} ${Date.now()}`;
      case "recall": {
        const drawn = `${Math.random()} ${uuid4()} ${Date.now()}`;
        return (await remote.returns(drawn)) === drawn ? "the same" : "another";
      }
      case "patch":
        return patched(each.id);
      case "memo":
        return upsertMemo({ value: each.value });
      case "sequence":
        for (const one of each.steps) await run(one);
        return "done";
      case "parallel":
        await Promise.allSettled(each.steps.map((one) => run(one)));
        return "done";
      case "race":
        return CancellationScope.cancellable(async () => {
          const winner = await Promise.race(each.steps.map((one, index) => run(one).then(() => index)));
          CancellationScope.current().cancel();
          return winner;
        });
      case "cancel":
        return CancellationScope.withTimeout(each.afterMs + 1, () => run(each.program));
      case "shield":
        return CancellationScope.nonCancellable(() => run(each.program));
    }
  };
  await run(program).catch(() => {});
  return seen;
}
