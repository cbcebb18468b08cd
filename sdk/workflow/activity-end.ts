import type { TypeInfo } from "../common/index.ts";
import { CancellationScope } from "./cancellation-scope.ts";
import { pushCommand } from "./commands.ts";
import { recordSite } from "./stack-traces.ts";
import type { RunState, SerializationTarget } from "./state.ts";

export interface AwaitedActivity {
  readonly seq: number;
  readonly context: SerializationTarget;
  readonly outputType: TypeInfo | undefined;
  readonly cancelKind: "requestCancelActivity" | "requestCancelLocalActivity";
  /** Gives the command that schedules it. */
  readonly schedule: () => void;
}

/** Schedules an activity unless the current scope is cancelled, and waits for its end; the scope may ask it to cancel. */
export function activityEnd(run: RunState, activity: AwaitedActivity): Promise<unknown> {
  const { seq, context, outputType, cancelKind, schedule } = activity;
  return new Promise((resolve, reject) => {
    const unlink = CancellationScope.current().link(() => {
      if (run.isPending("activity", seq)) pushCommand(run, { kind: cancelKind, seq });
    }, reject);
    if (unlink === "cancelled") return;
    schedule();
    run.expect("activity", seq, {
      resolve: (value) => (unlink(), resolve(value)),
      reject: (error) => (unlink(), reject(error)),
      outputType,
      context,
      site: recordSite(run),
    });
  });
}
