import { encodingKeys, encodingTypes, METADATA_ENCODING_KEY } from "./encoding-types.ts";
import { PayloadConverterError, ValueError } from "./errors.ts";
import type { Payload } from "./payload.ts";
import type { SerializationContext } from "./serialization-context.ts";
import type { ConverterHint, TypeInfo } from "./type-info.ts";
import { decode, encode } from "./utf8.ts";

/**
 * Between values and payloads. Called where workflows run: what is asynchronous or needs Node belongs into a
 * payload codec.
 */
export interface PayloadConverter {
  /** @throws ValueError when the value cannot be converted. */
  toPayload<T>(value: T, context?: SerializationContext, hint?: ConverterHint<T>): Payload;
  fromPayload<T>(payload: Payload, context?: SerializationContext, hint?: ConverterHint<T>): T;
  /** Whether this converter understands the hint. */
  validateConverterHint?: (hint: ConverterHint) => boolean;
}

/** A converter of one encoding, as {@link CompositePayloadConverter} is made of. */
export interface PayloadConverterWithEncoding {
  /** undefined when the value is not one for this converter. */
  toPayload<T>(value: T, context?: SerializationContext, hint?: ConverterHint<T>): Payload | undefined;
  fromPayload<T>(payload: Payload, context?: SerializationContext, hint?: ConverterHint<T>): T;
  readonly encodingType: string;
  /** Whether this converter understands the hint. */
  validateConverterHint?: (hint: ConverterHint) => boolean;
}

declare const rawPayloadTypeBrand: unique symbol;

/** A payload handed through: payload converters leave it as it is, codecs do not. */
export class RawValue<T = unknown> {
  readonly #payload: Payload;
  /** Exists for the type checker only. */
  declare readonly [rawPayloadTypeBrand]: T;

  constructor(value: T, payloadConverter: PayloadConverter = defaultPayloadConverter, context?: SerializationContext) {
    this.#payload = payloadConverter.toPayload(value, context);
  }

  static fromPayload(payload: Payload): RawValue {
    return new RawValue(payload, { toPayload: () => payload, fromPayload: () => undefined as never });
  }

  get payload(): Payload {
    return this.#payload;
  }
}

/** Hands a {@link RawValue} through as argument or result, whatever the payload converter. */
export const rawValueTypeInfo: TypeInfo<RawValue> = {
  transferTypeConverter: {
    fromTransferType: (value) => (value instanceof RawValue ? value : RawValue.fromPayload(value as Payload)),
    toTransferType: (value) => value,
  },
  payloadConverterHint: { converter: "temporal.raw-value" },
};

/**
 * Tries converters in order, and finds the one for a payload by its `encoding`.
 */
export class CompositePayloadConverter implements PayloadConverter {
  readonly converters: PayloadConverterWithEncoding[];
  readonly converterByEncoding = new Map<string, PayloadConverterWithEncoding>();

  constructor(...converters: PayloadConverterWithEncoding[]) {
    if (converters.length === 0)
      throw new PayloadConverterError("Must provide at least one PayloadConverterWithEncoding");
    this.converters = converters;
    for (const converter of converters) this.converterByEncoding.set(converter.encodingType, converter);
  }

  toPayload<T>(value: T, context?: SerializationContext, hint?: ConverterHint<T>): Payload {
    if (value instanceof RawValue) return value.payload;
    let isHintKnown = hint === undefined;
    for (const converter of this.converters) {
      if (hint !== undefined && converter.validateConverterHint?.(hint) !== true) continue;
      isHintKnown = true;
      const payload = converter.toPayload(value, context, hint);
      if (payload !== undefined) return payload;
    }
    if (!isHintKnown) throw new ValueError(`No payload converter supports converter hint '${hint?.converter}'`);
    throw new ValueError(`Unable to convert ${describe(value)} to payload`);
  }

  fromPayload<T>(payload: Payload, context?: SerializationContext, hint?: ConverterHint<T>): T {
    if (payload.metadata === undefined || payload.metadata === null) throw new ValueError("Missing payload metadata");
    const bytes = payload.metadata[METADATA_ENCODING_KEY];
    const encoding = bytes === undefined ? "" : decode(bytes);
    const converter = this.converterByEncoding.get(encoding);
    if (converter === undefined) throw new ValueError(`Unknown encoding: ${encoding}`);
    if (hint !== undefined && converter.validateConverterHint?.(hint) !== true) {
      throw new PayloadConverterError(
        `Payload encoding '${encoding}' does not support converter hint '${hint.converter}'`,
      );
    }
    return converter.fromPayload(payload, context, hint);
  }
}

/** `undefined`, as a payload without data. */
export class UndefinedPayloadConverter implements PayloadConverterWithEncoding {
  readonly encodingType = encodingTypes.METADATA_ENCODING_NULL;

  toPayload(value: unknown): Payload | undefined {
    if (value !== undefined) return undefined;
    return { metadata: { [METADATA_ENCODING_KEY]: encodingKeys.METADATA_ENCODING_NULL } };
  }

  fromPayload<T>(_payload: Payload): T {
    return undefined as T;
  }
}

/** Bytes, as they are. */
export class BinaryPayloadConverter implements PayloadConverterWithEncoding {
  readonly encodingType = encodingTypes.METADATA_ENCODING_RAW;

  toPayload(value: unknown): Payload | undefined {
    if (!isBytes(value)) return undefined;
    return { metadata: { [METADATA_ENCODING_KEY]: encodingKeys.METADATA_ENCODING_RAW }, data: value };
  }

  fromPayload<T>(payload: Payload): T {
    const { data } = payload;
    if (data === undefined || data === null) return data as T;
    // What arrives is a view of a connection's input: the user's bytes are a copy, alone in their buffer.
    return new Uint8Array(data) as T;
  }
}

/** Everything that JSON can write. */
export class JsonPayloadConverter implements PayloadConverterWithEncoding {
  readonly encodingType = encodingTypes.METADATA_ENCODING_JSON;

  toPayload(value: unknown): Payload | undefined {
    if (value === undefined) return undefined;
    let json: string | undefined;
    try {
      json = JSON.stringify(value);
    } catch {
      return undefined;
    }
    // Functions and symbols have no JSON; like the official SDK they become an empty text.
    return {
      metadata: { [METADATA_ENCODING_KEY]: encodingKeys.METADATA_ENCODING_JSON },
      data: encode(json ?? ""),
    };
  }

  fromPayload<T>(payload: Payload): T {
    if (payload.data === undefined || payload.data === null) throw new ValueError("Got payload with no data");
    return JSON.parse(decode(payload.data)) as T;
  }
}

/** `undefined`, bytes and JSON. */
export class DefaultPayloadConverter extends CompositePayloadConverter {
  constructor() {
    super(new UndefinedPayloadConverter(), new BinaryPayloadConverter(), new JsonPayloadConverter());
  }
}

/** The converter that is used when none is given. */
export const defaultPayloadConverter: DefaultPayloadConverter = new DefaultPayloadConverter();

/** Bytes of any realm. */
function isBytes(value: unknown): value is Uint8Array {
  return (
    value instanceof Uint8Array ||
    (ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === "[object Uint8Array]")
  );
}

function describe(value: unknown): string {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
