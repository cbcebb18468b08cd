/**
 * Payload codecs over activations and completions. Like the official SDKs, they leave headers and search attributes as
 * they are: the server and interceptors read those. Without codecs nothing is copied and nothing is awaited.
 */
import {
  transformFailure,
  transformPayload,
  transformPayloads,
  transformRecord,
} from "../../common/host/codec-runner.ts";
import type { MaybePromise, PayloadTransform } from "../../common/host/codec-runner.ts";
import type { PayloadRecord } from "../../common/host/wire-payloads.ts";
import type { Payload } from "../../common/payload.ts";
import type {
  Activation,
  ActivationCompletion,
  ActivationJob,
  PayloadMap,
  WorkflowCommand,
} from "../../workflow/activation.ts";

type Transform = NonNullable<PayloadTransform>;

export function decodeActivation(decode: PayloadTransform, activation: Activation): MaybePromise<Activation> {
  if (decode === undefined) return activation;
  return Promise.all(activation.jobs.map((job) => decodeJob(decode, job))).then((jobs) => ({ ...activation, jobs }));
}

export function encodeCompletion(
  encode: PayloadTransform,
  completion: ActivationCompletion,
): MaybePromise<ActivationCompletion> {
  if (encode === undefined) return completion;
  if (completion.status === "failed") {
    return Promise.resolve(transformFailure(encode, completion.failure)).then((failure) => ({
      ...completion,
      failure,
    }));
  }
  return Promise.all(completion.commands.map((command) => encodeCommand(encode, command))).then((commands) => ({
    ...completion,
    commands,
  }));
}

async function list(transform: Transform, payloads: readonly Payload[]): Promise<readonly Payload[]> {
  return payloads.length === 0 ? payloads : transformPayloads(transform, [...payloads]);
}

async function record<T extends PayloadMap | undefined>(transform: Transform, map: T): Promise<T> {
  return (await transformRecord(transform, map as PayloadRecord | undefined)) as T;
}

async function decodeJob(decode: Transform, job: ActivationJob): Promise<ActivationJob> {
  switch (job.kind) {
    case "initializeWorkflow": {
      const { lastCompletionResult } = job;
      return {
        ...job,
        arguments: await list(decode, job.arguments),
        continuedFailure: await transformFailure(decode, job.continuedFailure),
        lastCompletionResult: lastCompletionResult && (await list(decode, lastCompletionResult)),
        memo: await record(decode, job.memo),
      };
    }
    case "signalWorkflow":
    case "doUpdate":
      return { ...job, input: await list(decode, job.input) };
    case "queryWorkflow":
      return { ...job, arguments: await list(decode, job.arguments) };
    case "resolveActivity":
    case "resolveChildWorkflow":
    case "resolveNexusOperation":
    case "resolveNexusOperationStart":
    case "resolveChildWorkflowStart":
      return { ...job, result: await outcome(decode, job.result) } as ActivationJob;
    case "resolveSignalExternalWorkflow":
    case "resolveCancelExternalWorkflow":
      return { ...job, failure: await transformFailure(decode, job.failure) };
    case "notifyHasPatch":
    case "updateRandomSeed":
    case "fireTimer":
    case "cancelWorkflow":
      return job;
  }
}

/** A result or a failure, whichever it is. */
async function outcome<T extends object>(transform: Transform, value: T): Promise<T> {
  if ("failure" in value) {
    return {
      ...value,
      failure: await transformFailure(transform, value.failure as Parameters<typeof transformFailure>[1]),
    };
  }
  for (const name of ["result", "response"]) {
    const payload = (value as Record<string, unknown>)[name] as Payload | undefined;
    if (payload !== undefined) return { ...value, [name]: await transformPayload(transform, payload) };
  }
  return value;
}

/** The arguments of local activities stay as they are: they never leave this process. */
async function encodeCommand(encode: Transform, command: WorkflowCommand): Promise<WorkflowCommand> {
  const summary = await transformPayload(encode, command.summary);
  const details = await transformPayload(encode, command.details);
  const changed = await encodeBody(encode, command);
  return summary === undefined && details === undefined ? changed : { ...changed, summary, details };
}

async function encodeBody(encode: Transform, command: WorkflowCommand): Promise<WorkflowCommand> {
  switch (command.kind) {
    case "scheduleActivity":
      return { ...command, arguments: await list(encode, command.arguments) };
    case "startChildWorkflowExecution":
      return { ...command, input: await list(encode, command.input), memo: await record(encode, command.memo) };
    case "continueAsNewWorkflowExecution":
      return { ...command, arguments: await list(encode, command.arguments), memo: await record(encode, command.memo) };
    case "signalExternalWorkflowExecution":
      return { ...command, args: await list(encode, command.args) };
    case "scheduleNexusOperation":
      return { ...command, input: await transformPayload(encode, command.input) };
    case "completeWorkflowExecution":
      return { ...command, result: await transformPayload(encode, command.result) };
    case "failWorkflowExecution":
      return { ...command, failure: await transformFailure(encode, command.failure) };
    case "modifyWorkflowProperties":
      return { ...command, upsertedMemo: await record(encode, command.upsertedMemo) };
    case "respondToQuery":
      return { ...command, result: await outcome(encode, command.result) };
    case "updateResponse":
      return { ...command, response: await outcome(encode, command.response) };
    default:
      return command;
  }
}
