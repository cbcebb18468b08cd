/** Says how the SDK's conversions treat one value of type `T`, beyond what its payload converter does by itself. */
export interface TypeInfo<T = unknown, D = T> {
  /** Runs before the payload converter when encoding, and after it when decoding. */
  transferTypeConverter?: TransferTypeConverter<T, D>;
  /** Handed to the payload converter as it is, for example the message type that bytes are of. */
  payloadConverterHint?: ConverterHint<D>;
}

/** Between a value of the application and a plain form of it that any payload converter takes. */
export interface TransferTypeConverter<T, D = unknown> {
  fromTransferType(value: D): T;
  toTransferType(value: T): D;
}

declare const valueTypeBrand: unique symbol;

/** What one payload converter wants to know of a value; extend it for a converter of your own. */
export interface ConverterHint<T = unknown> {
  converter: string;
  /** Exists for the type checker only. */
  [valueTypeBrand]?: T;
}

/** The type information of a call. */
export interface PayloadTypeInfo {
  inputTypes?: readonly TypeInfo[];
  outputType?: TypeInfo;
}
