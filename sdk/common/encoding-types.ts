import { encode } from "./utf8.ts";

/** How a payload says how it is encoded. */
export const METADATA_ENCODING_KEY = "encoding";
/** The encodings that the default converters write and read. */
export const encodingTypes = {
  METADATA_ENCODING_NULL: "binary/null",
  METADATA_ENCODING_RAW: "binary/plain",
  METADATA_ENCODING_JSON: "json/plain",
  METADATA_ENCODING_PROTOBUF_JSON: "json/protobuf",
  METADATA_ENCODING_PROTOBUF: "binary/protobuf",
} as const;
/** A value of a payload's metadata `encoding`. */
export type EncodingType = (typeof encodingTypes)[keyof typeof encodingTypes];

/** The encodings, as the bytes that stand in a payload's metadata. */
export const encodingKeys = {
  METADATA_ENCODING_NULL: encode(encodingTypes.METADATA_ENCODING_NULL),
  METADATA_ENCODING_RAW: encode(encodingTypes.METADATA_ENCODING_RAW),
  METADATA_ENCODING_JSON: encode(encodingTypes.METADATA_ENCODING_JSON),
  METADATA_ENCODING_PROTOBUF_JSON: encode(encodingTypes.METADATA_ENCODING_PROTOBUF_JSON),
  METADATA_ENCODING_PROTOBUF: encode(encodingTypes.METADATA_ENCODING_PROTOBUF),
} as const;

/** Names the message type of a protobuf payload. */
export const METADATA_MESSAGE_TYPE_KEY = "messageType";
