/** Signals from one workflow to another. */
import type { SignalDefinition, SignalTypeInfo, WorkflowSignalOptions } from "../common/index.ts";
import { CancellationScope } from "./cancellation-scope.ts";
import { pushCommand } from "./commands.ts";
import { payloadsOf, workflowContext } from "./conversion.ts";
import { requireRun } from "./current-run.ts";
import { outbound } from "./interceptor-chain.ts";
import type { SignalWorkflowInput } from "./interceptors.ts";
import { recordSite } from "./stack-traces.ts";

type Target = SignalWorkflowInput["target"];

interface SignalMethods {
  signal<Args extends any[] = [], Name extends string = string>(
    def: SignalDefinition<Args, Name> | string,
    ...args: Args
  ): Promise<void>;
  signalWithOptions<Args extends any[] = []>(signalName: string, options: WorkflowSignalOptions<Args>): Promise<void>;
}

/** The signalling half of a handle. */
export function signalMethods(target: Target): SignalMethods {
  return {
    signal(def, ...args) {
      const name = typeof def === "string" ? def : def.name;
      return signal(target, { name, args, typeInfo: typeof def === "string" ? undefined : def.typeInfo });
    },
    signalWithOptions(signalName, { args, typeInfo }) {
      return signal(target, { name: signalName, args: args ?? [], typeInfo });
    },
  };
}

interface Signal {
  readonly name: string;
  readonly args: unknown[];
  readonly typeInfo: SignalTypeInfo | undefined;
}

function signal(target: Target, { name, args, typeInfo }: Signal): Promise<void> {
  const run = requireRun("signal");
  return outbound(
    run,
    "signalWorkflow",
    sendSignal,
  )({
    seq: run.nextSequence("signalWorkflow"),
    signalName: name,
    args,
    target,
    headers: {},
    ...(typeInfo && { typeInfo }),
  });
}

function sendSignal({ seq, signalName, args, target, headers, typeInfo }: SignalWorkflowInput): Promise<void> {
  const run = requireRun("signal");
  return new Promise((resolve, reject) => {
    const unlink = CancellationScope.current().link(() => {
      if (run.isPending("signalWorkflow", seq)) pushCommand(run, { kind: "cancelSignalWorkflow", seq });
    }, reject);
    if (unlink === "cancelled") return;
    const isChild = target.type === "child";
    const workflowId = isChild ? target.childWorkflowId : (target.workflowExecution.workflowId ?? "");
    const context = workflowContext(run, workflowId);
    pushCommand(run, {
      kind: "signalExternalWorkflowExecution",
      seq,
      namespace: run.initialize.namespace,
      workflowId,
      runId: isChild ? "" : (target.workflowExecution.runId ?? ""),
      isChild,
      signalName,
      args: payloadsOf(run, args, context, typeInfo?.inputTypes),
      headers,
    });
    run.expect("signalWorkflow", seq, {
      resolve: () => (unlink(), resolve()),
      reject: (error) => (unlink(), reject(error)),
      context,
      site: recordSite(run),
    });
  });
}
