import type { ExternalStorage } from "./external-storage.ts";
import { DefaultFailureConverter, type FailureConverter } from "./failure-converter.ts";
import type { PayloadCodec } from "./payload-codec.ts";
import { defaultPayloadConverter, type PayloadConverter } from "./payload-converter.ts";

/**
 * How values become payloads and back. Converters are given as paths, because workflows load them in their sandbox;
 * inline workflows and clients may be given the objects themselves.
 */
export interface DataConverter {
  /** A file that exports `payloadConverter`. */
  payloadConverterPath?: string;
  /** A file that exports `failureConverter`. */
  failureConverterPath?: string;
  /** Encode in this order, decode in the opposite one. */
  payloadCodecs?: PayloadCodec[];
  /** Keeps large payloads elsewhere, with a reference on the wire. */
  externalStorage?: ExternalStorage;
}

/** A {@link DataConverter} whose files are loaded. */
export interface LoadedDataConverter {
  payloadConverter: PayloadConverter;
  failureConverter: FailureConverter;
  payloadCodecs: PayloadCodec[];
  externalStorage?: ExternalStorage;
}

/** Messages and stack traces in plain text. */
export const defaultFailureConverter: FailureConverter = new DefaultFailureConverter();

/** What is used when nothing is configured. */
export const defaultDataConverter: LoadedDataConverter = {
  payloadConverter: defaultPayloadConverter,
  failureConverter: defaultFailureConverter,
  payloadCodecs: [],
};
