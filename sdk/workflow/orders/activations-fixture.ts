/** The activations that the recorded histories become, after the first one. */
import type { ActivationJob, DoUpdate } from "../activation.ts";

export interface Script {
  readonly program: string;
  readonly originalRunId: string;
  /** Jobs that come with the start. */
  readonly first: readonly ActivationJob[];
  readonly later: readonly (readonly ActivationJob[])[];
}

const RUN_ID = "3f2c1b7e-0a4d-4c55-9b3a-111111111111";

const signal: ActivationJob = {
  kind: "signalWorkflow",
  signalName: "go",
  input: [],
  identity: "x",
  headers: {},
  originatingEventId: 8,
};
const cancel: ActivationJob = { kind: "cancelWorkflow", reason: "because" };

function fired(seq: number): ActivationJob {
  return { kind: "fireTimer", seq };
}

function completed(seq: number): ActivationJob {
  return { kind: "resolveActivity", seq, isLocal: false, result: { status: "completed", result: undefined } };
}

function cancelled(seq: number): ActivationJob {
  const failure = {
    message: "Activity cancelled",
    activityFailureInfo: { activityId: String(seq), activityType: { name: "x" } },
    cause: { message: "Activity cancelled", canceledFailureInfo: {} },
  };
  return { kind: "resolveActivity", seq, isLocal: false, result: { status: "cancelled", failure } };
}

function update(id: string, name: string, argument: string): DoUpdate {
  const encoder = new TextEncoder();
  const payload = {
    metadata: { encoding: encoder.encode("json/plain") },
    data: encoder.encode(JSON.stringify(argument)),
  };
  return {
    kind: "doUpdate",
    id,
    protocolInstanceId: id,
    name,
    input: [payload],
    headers: {},
    identity: "x",
    runValidator: false,
  };
}

function childStarted(seq: number): ActivationJob {
  return { kind: "resolveChildWorkflowStart", seq, result: { status: "succeeded", runId: `run-c${seq}` } };
}

function childCompleted(seq: number): ActivationJob {
  return { kind: "resolveChildWorkflow", seq, result: { status: "completed", result: undefined } };
}

const childCancelled = {
  message: "Child Workflow execution cancelled",
  childWorkflowExecutionFailureInfo: { workflowExecution: { workflowId: "c1" }, workflowType: { name: "c" } },
  cause: { message: "Child Workflow execution cancelled", canceledFailureInfo: {} },
};

const allCancelled = [cancelled(1), cancelled(3), cancelled(4), cancelled(2)];

function script(program: string, ...later: readonly (readonly ActivationJob[])[]): Script {
  return { program, originalRunId: RUN_ID, first: [], later };
}

const base: Readonly<Record<string, Script>> = {
  hops: script(
    "hops",
    [
      ...[signal, childStarted(1), childStarted(2)],
      { kind: "resolveSignalExternalWorkflow", seq: 1, failure: undefined },
      { kind: "resolveCancelExternalWorkflow", seq: 1, failure: undefined },
      ...[completed(1), completed(2), fired(1), fired(2), fired(3), fired(4), completed(4)],
      ...[childCompleted(1), childCompleted(2)],
    ],
    [cancelled(3)],
  ),
  cancels: script("cancels", [cancel], allCancelled),
  cancelsWithSignal: script("cancels", [signal, cancel], allCancelled),
  inner: script("inner", [cancelled(2), cancelled(1)]),
  finish: script("finish", [signal, completed(1)]),
  conds: script("conds", [signal]),
  syncconds: script("syncconds", [signal]),
  updates: script("updates", [
    signal,
    ...[update("u1", "u", "A"), update("u2", "v", "B"), update("u3", "w", "C"), update("u4", "zz", "D")],
  ]),
  updatesAtStart: { ...script("updates"), first: [update("u1", "u", "A"), update("u2", "v", "B")] },
  twosignals: script("twosignals", [
    ...[signal, signal, update("u1", "u", "A"), update("u2", "u", "A"), completed(1), completed(2)],
  ]),
  failing: script("failing", [completed(1)]),
  continuing: script("continuing", [completed(1)]),
  cancelled: script("cancelled", [cancel], [cancelled(1)]),
  buffered: { ...script("buffered", [signal, fired(1)], [fired(3), fired(2)]), first: [signal] },
  nested: script("nested", [fired(1)], [cancelled(1)]),
  randoms: script("randoms"),
  randoms2: { ...script("randoms"), originalRunId: "00000000-0000-0000-0000-000000000000" },
  randoms3: { ...script("randoms"), originalRunId: "9d1f5f0e-7b5e-4e6b-8a39-abcdefabcdef" },
  patches: script("patches"),
  patchLater: script("patchLater", [fired(1)]),
  timeouts: script(
    "timeouts",
    [signal, childStarted(1), fired(1), fired(3), fired(4), fired(5), fired(6), fired(7)],
    [{ kind: "resolveChildWorkflow", seq: 1, result: { status: "cancelled", failure: childCancelled } }],
  ),
};

/** Those that begin with `intercepted` run with the interceptors; with `old`, as histories of version 1.10. */
export const scripts: Readonly<Record<string, Script>> = {
  ...base,
  interceptedHops: base["hops"] as Script,
  interceptedCancels: base["cancels"] as Script,
  interceptedUpdates: base["updates"] as Script,
  interceptedFinish: base["finish"] as Script,
  oldHops: base["hops"] as Script,
  oldCancelsWithSignal: base["cancelsWithSignal"] as Script,
  oldTwosignals: base["twosignals"] as Script,
  oldBuffered: base["buffered"] as Script,
  oldInner: base["inner"] as Script,
  oldUpdates: base["updates"] as Script,
  oldFinish: base["finish"] as Script,
  oldSyncconds: base["syncconds"] as Script,
  oldTimeouts: base["timeouts"] as Script,
};
