/** Values ↔ payloads and errors ↔ failures, with the run's converters. */
import {
  arrayFromPayloads,
  fromPayloadWithTypeInfo,
  type Payload,
  toPayloadWithTypeInfo,
  type TypeInfo,
} from "../common/index.ts";
import type { ProtoFailure } from "../common/payload.ts";
import { toPayloadsWithContext } from "../common/payload-lists.ts";
import type { PayloadMap } from "./activation.ts";
import type { RunState, SerializationTarget } from "./state.ts";

type Context = SerializationTarget | undefined;

const NO_PAYLOADS: readonly Payload[] = [];

/** The converter context of the run itself. */
export function workflowContext(run: RunState, workflowId = run.initialize.workflowId): SerializationTarget {
  return { type: "workflow", namespace: run.initialize.namespace, workflowId };
}

export function activityContext(run: RunState, activityId: string, isLocal: boolean): SerializationTarget {
  const { namespace, workflowId } = run.initialize;
  return { type: "activity", namespace, workflowId, activityId, isLocal };
}

export function payloadsOf(
  run: RunState,
  values: readonly unknown[],
  context: Context,
  types?: readonly TypeInfo[],
): readonly Payload[] {
  if (values.length === 0) return NO_PAYLOADS;
  return toPayloadsWithContext(run.options.payloadConverter, context, values as unknown[], types) ?? NO_PAYLOADS;
}

export function payloadOf(run: RunState, value: unknown, context: Context, type?: TypeInfo): Payload {
  return toPayloadWithTypeInfo(run.options.payloadConverter, value, context, type);
}

export function valuesOf(
  run: RunState,
  payloads: readonly Payload[],
  context: Context,
  types?: readonly TypeInfo[],
): unknown[] {
  if (payloads.length === 0) return [];
  return arrayFromPayloads(run.options.payloadConverter, payloads as Payload[], context, types);
}

export function valueOf(run: RunState, payload: Payload | undefined, context: Context, type?: TypeInfo): unknown {
  if (payload === undefined) return undefined;
  return fromPayloadWithTypeInfo(run.options.payloadConverter, payload, context, type);
}

export function mapOf(run: RunState, map: PayloadMap): Record<string, unknown> {
  const context = workflowContext(run);
  return Object.fromEntries(Object.entries(map).map(([name, payload]) => [name, valueOf(run, payload, context)]));
}

export function payloadMapOf(run: RunState, map: Record<string, unknown>, context: Context): Record<string, Payload> {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, payloadOf(run, value, context)]));
}

export function failureOf(run: RunState, error: unknown, context: Context = workflowContext(run)): ProtoFailure {
  const { failureConverter, payloadConverter } = run.options;
  return failureConverter.errorToFailure(error, payloadConverter, context);
}

export function errorOf(run: RunState, failure: ProtoFailure, context: Context = workflowContext(run)): Error {
  const { failureConverter, payloadConverter } = run.options;
  return failureConverter.failureToError(failure, payloadConverter, context);
}
