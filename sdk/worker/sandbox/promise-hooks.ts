/** Tells a run of the promises that are made while it is driven, when it records its stacks. */
import { promiseHooks } from "node:v8";
import type { Init } from "node:v8";
import type { WorkflowRun } from "../../workflow/activation.ts";

/** Returns what ends it. The hooks see all promises of the process: V8 has no others. */
export function watchPromises({ promiseHooks: hooks }: Pick<WorkflowRun, "promiseHooks">): (() => void) | undefined {
  if (hooks === undefined) return undefined;
  const { before, settled } = hooks;
  return promiseHooks.createHook({ init: hooks.init as Init, before, settled }) as () => void;
}
