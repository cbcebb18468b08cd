/** Signals: called in the order of the jobs, kept until there is a handler. */
import { HandlerUnfinishedPolicy } from "../common/index.ts";
import type { SignalWorkflow } from "./activation.ts";
import { valuesOf, workflowContext } from "./conversion.ts";
import { withInboundEvent } from "./event-groups.ts";
import { handleFailure, rethrowTaskError } from "./failures.ts";
import { inbound } from "./interceptor-chain.ts";
import type { SignalInput } from "./interceptors.ts";
import type { RunState } from "./state.ts";

export function signalWorkflow(run: RunState, job: SignalWorkflow): void {
  const { handlers } = run;
  const { signalName, originatingEventId } = job;
  const registered = handlers.signals?.get(signalName);
  if (registered === undefined && handlers.defaultSignal === undefined) {
    handlers.bufferedSignals.push(job);
    return;
  }
  const execution = run.nextSequence("signalHandler");
  const unfinishedPolicy = registered?.unfinishedPolicy ?? HandlerUnfinishedPolicy.WARN_AND_ABANDON;
  handlers.begin(execution, { name: signalName, unfinishedPolicy });
  const handle = inbound(run, "handleSignal", (input) => callHandler(run, input));
  const begin = (): Promise<void> => {
    const args = valuesOf(run, job.input, workflowContext(run), registered?.typeInfo?.inputTypes);
    return handle({ args, signalName, headers: { ...job.headers } });
  };
  void (originatingEventId === undefined ? begin() : withInboundEvent(originatingEventId, begin))
    .catch((error: unknown) => handleFailure(run, error))
    .finally(() => handlers.end(execution));
  rethrowTaskError(run);
}

async function callHandler(run: RunState, { signalName, args }: SignalInput): Promise<void> {
  const { handlers } = run;
  const registered = handlers.signals?.get(signalName);
  if (registered !== undefined) return registered.handler(...args);
  if (handlers.defaultSignal !== undefined) return handlers.defaultSignal(signalName, ...args);
  throw new Error(`The handler of signal ${signalName} was removed while the signal was on its way to it`);
}

/** All that can be handled now, each kind of signal in the order in which it came. */
export function dispatchBufferedSignals(run: RunState): void {
  const { handlers } = run;
  for (;;) {
    const index = handlers.bufferedSignals.findIndex(
      ({ signalName }) => handlers.defaultSignal !== undefined || handlers.signals?.has(signalName),
    );
    if (index === -1) return;
    const [job] = handlers.bufferedSignals.splice(index, 1);
    signalWorkflow(run, job as SignalWorkflow);
  }
}
