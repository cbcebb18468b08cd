import { decodeWith, encodeWith, transformFailure, transformPayloads } from "../../common/host/codec-runner.ts";
import type { PayloadTransform } from "../../common/host/codec-runner.ts";
import {
  arrayFromPayloads,
  CancelledFailure,
  ensureTemporalFailure,
  toPayloadWithTypeInfo,
  toPayloadsWithContext,
} from "../../common/index.ts";
import type { ActivitySerializationContext, LoadedDataConverter, Payload, ProtoFailure } from "../../common/index.ts";

/** The values of one activity to and from the wire: converter, then codecs. */
export class ActivityValues {
  readonly #converter: LoadedDataConverter;
  readonly #context: ActivitySerializationContext;
  readonly #encode: PayloadTransform;
  readonly #decode: PayloadTransform;

  constructor(converter: LoadedDataConverter, context: ActivitySerializationContext) {
    this.#converter = converter;
    this.#context = context;
    this.#encode = encodeWith(converter.payloadCodecs, context);
    this.#decode = decodeWith(converter.payloadCodecs, context);
  }

  async toPayloads(values: readonly unknown[]): Promise<Payload[]> {
    const payloads = toPayloadsWithContext(this.#converter.payloadConverter, this.#context, values) ?? [];
    return transformPayloads(this.#encode, payloads);
  }

  async fromPayloads(payloads: Payload[] | undefined): Promise<unknown[]> {
    const decoded = await transformPayloads(this.#decode, payloads);
    return arrayFromPayloads(this.#converter.payloadConverter, decoded, this.#context);
  }

  async toFailure(error: unknown): Promise<ProtoFailure> {
    const { failureConverter, payloadConverter } = this.#converter;
    // Servers refuse a failure that does not say of which kind it is.
    const failure = failureConverter.errorToFailure(ensureTemporalFailure(error), payloadConverter, this.#context);
    return transformFailure(this.#encode, failure);
  }

  /** Details that a cancelled activity gave, if any. */
  async cancellationDetails(error: unknown): Promise<Payload[] | undefined> {
    if (!(error instanceof CancelledFailure) || error.details.length === 0) return undefined;
    return this.toPayloads(error.details);
  }
}

/** The values of one local activity: its codecs are the workflow task's business. */
export class LocalValues {
  readonly #converter: LoadedDataConverter;
  readonly #context: ActivitySerializationContext;

  constructor(converter: LoadedDataConverter, context: ActivitySerializationContext) {
    this.#converter = converter;
    this.#context = context;
  }

  toPayload(value: unknown): Payload {
    return toPayloadWithTypeInfo(this.#converter.payloadConverter, value, this.#context, undefined);
  }

  fromPayloads(payloads: readonly Payload[]): unknown[] {
    return arrayFromPayloads(this.#converter.payloadConverter, payloads, this.#context);
  }

  toFailure(error: unknown): ProtoFailure {
    const { failureConverter, payloadConverter } = this.#converter;
    return failureConverter.errorToFailure(ensureTemporalFailure(error), payloadConverter, this.#context);
  }
}
