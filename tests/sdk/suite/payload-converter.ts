/** A payload converter of the suite's own: dates and big numbers survive. Loaded in the sandbox and outside it. */
import {
  CompositePayloadConverter,
  UndefinedPayloadConverter,
  JsonPayloadConverter,
  BinaryPayloadConverter,
  str,
  u8,
} from "../../../sdk/common/index.ts";
import type { Payload, PayloadConverterWithEncoding } from "../../../sdk/common/index.ts";

class RichConverter implements PayloadConverterWithEncoding {
  readonly encodingType = "suite/rich" as never;

  toPayload(value: unknown): Payload | undefined {
    if (typeof value !== "bigint" && !(value instanceof Date)) return undefined;
    const text = typeof value === "bigint" ? `n${value}` : `d${value.toISOString()}`;
    return { metadata: { encoding: u8("suite/rich") }, data: u8(text) };
  }

  fromPayload<T>({ data }: Payload): T {
    const text = str(data ?? new Uint8Array());
    return (text.startsWith("n") ? BigInt(text.slice(1)) : new Date(text.slice(1))) as T;
  }
}

export const payloadConverter = new CompositePayloadConverter(
  new UndefinedPayloadConverter(),
  new BinaryPayloadConverter(),
  new RichConverter(),
  new JsonPayloadConverter(),
);
