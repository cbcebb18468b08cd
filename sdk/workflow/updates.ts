/** Updates: validated unless replayed, then accepted and called; kept until the activation ends for lack of a handler. */
import {
  ApplicationFailure,
  ensureTemporalFailure,
  HandlerUnfinishedPolicy,
  type WorkflowUpdateAnnotatedType,
  type WorkflowUpdateType,
} from "../common/index.ts";
import type { DoUpdate } from "./activation.ts";
import { AsyncLocalStorage, type AsyncStorage } from "./async-context.ts";
import { pushCommand } from "./commands.ts";
import { failureOf, payloadOf, valuesOf, workflowContext } from "./conversion.ts";
import { withInboundUpdate } from "./event-groups.ts";
import { failsWorkflow, recordTaskError, rethrowTaskError } from "./failures.ts";
import type { UpdateInfo } from "./info.ts";
import { inbound } from "./interceptor-chain.ts";
import type { UpdateInput } from "./interceptors.ts";
import type { RunState } from "./state.ts";

let scopes: AsyncStorage<UpdateInfo> | undefined;

/** The update whose handler or validator this code runs in; undefined elsewhere. */
export function currentUpdateInfo(): UpdateInfo | undefined {
  return scopes?.getStore();
}

function withUpdateInfo<T>(info: UpdateInfo, fn: () => T): T {
  scopes ??= new AsyncLocalStorage<UpdateInfo>();
  return scopes.run(info, fn);
}

export function doUpdate(run: RunState, job: DoUpdate): void {
  const entry = findHandler(run, job.name);
  if (entry === undefined) {
    run.handlers.bufferedUpdates.push(job);
    return;
  }
  const info = { id: job.id, name: job.name };
  withUpdateInfo(info, () => withInboundUpdate(job.id, () => validateAndRun(run, job, entry)));
  rethrowTaskError(run);
}

function findHandler(run: RunState, name: string): WorkflowUpdateAnnotatedType | undefined {
  const { updates, defaultUpdate } = run.handlers;
  const registered = updates?.get(name);
  if (registered !== undefined || defaultUpdate === undefined) return registered;
  return {
    handler: (...args) => defaultUpdate(name, ...args),
    unfinishedPolicy: HandlerUnfinishedPolicy.WARN_AND_ABANDON,
  };
}

function validateAndRun(run: RunState, job: DoUpdate, entry: WorkflowUpdateAnnotatedType): void {
  const { id, protocolInstanceId, name } = job;
  let input: UpdateInput;
  try {
    if (job.runValidator && entry.validator !== undefined) validate(run, entry.validator, inputOf(run, job, entry));
    // Decoded anew: the validator may have changed what it was given.
    input = inputOf(run, job, entry);
  } catch (error) {
    reject(run, protocolInstanceId, "rejected", error);
    return;
  }
  pushCommand(run, { kind: "updateResponse", protocolInstanceId, response: { status: "accepted" } });
  const { unfinishedPolicy } = entry;
  run.handlers.begin(id, { name, unfinishedPolicy, updateId: id });
  const handle = inbound(run, "handleUpdate", ({ args }) => callHandler(entry.handler, args));
  void handle(input)
    .then((result) => complete(run, job, result, entry))
    .catch((error: unknown) => {
      if (failsWorkflow(run, error)) reject(run, protocolInstanceId, "failed", error);
      else recordTaskError(run, error);
    })
    .finally(() => run.handlers.end(id));
}

function inputOf(run: RunState, job: DoUpdate, entry: WorkflowUpdateAnnotatedType): UpdateInput {
  const args = valuesOf(run, job.input, workflowContext(run), entry.typeInfo?.inputTypes);
  return { updateId: job.id, name: job.name, args, headers: { ...job.headers } };
}

function validate(run: RunState, validator: (...args: any[]) => void, input: UpdateInput): void {
  run.isReadOnly = true;
  run.info = undefined;
  try {
    inbound(run, "validateUpdate", ({ args }) => validator(...args))(input);
  } finally {
    run.isReadOnly = false;
    run.info = undefined;
  }
}

async function callHandler(handler: WorkflowUpdateType, args: unknown[]): Promise<unknown> {
  return handler(...args);
}

function complete(run: RunState, job: DoUpdate, result: unknown, entry: WorkflowUpdateAnnotatedType): void {
  pushCommand(run, {
    kind: "updateResponse",
    protocolInstanceId: job.protocolInstanceId,
    response: { status: "completed", result: payloadOf(run, result, workflowContext(run), entry.typeInfo?.outputType) },
  });
}

function reject(run: RunState, protocolInstanceId: string, status: "rejected" | "failed", error: unknown): void {
  const failure = failureOf(run, ensureTemporalFailure(error));
  pushCommand(run, { kind: "updateResponse", protocolInstanceId, response: { status, failure } });
}

/** All that can be handled now, in the order in which it came. */
export function dispatchBufferedUpdates(run: RunState): void {
  const { handlers } = run;
  for (;;) {
    const index = handlers.bufferedUpdates.findIndex(({ name }) => findHandler(run, name) !== undefined);
    if (index === -1) return;
    const [job] = handlers.bufferedUpdates.splice(index, 1);
    doUpdate(run, job as DoUpdate);
  }
}

/** At the end of an activation: who sent them is told which updates there are. */
export function rejectBufferedUpdates(run: RunState): void {
  const { handlers } = run;
  if (handlers.bufferedUpdates.length === 0) return;
  const known = [...(handlers.updates?.keys() ?? [])].toSorted();
  for (const { name, protocolInstanceId } of handlers.bufferedUpdates.splice(0)) {
    const message = `No registered handler for update: ${name}. Registered updates: [${known.join(", ")}]`;
    reject(run, protocolInstanceId, "rejected", ApplicationFailure.nonRetryable(message));
  }
}
