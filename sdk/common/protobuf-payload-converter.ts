/**
 * Protobuf messages of `protobufjs` as payloads. The library itself is not needed: a message knows its type, and the
 * root that is given finds types by name.
 */
import { encodingKeys, encodingTypes, METADATA_ENCODING_KEY, METADATA_MESSAGE_TYPE_KEY } from "./encoding-types.ts";
import { PayloadConverterError, ValueError } from "./errors.ts";
import {
  BinaryPayloadConverter,
  CompositePayloadConverter,
  JsonPayloadConverter,
  type PayloadConverterWithEncoding,
  UndefinedPayloadConverter,
} from "./payload-converter.ts";
import type { Payload } from "./payload.ts";
import { isRecord } from "./type-helpers.ts";
import { decode, encode } from "./utf8.ts";

/** What of a `protobufjs` type is used. */
interface MessageType {
  readonly fullName: string;
  encode(message: unknown): { finish(): Uint8Array };
  decode(bytes: Uint8Array): unknown;
  toObject(message: unknown, options: Record<string, unknown>): unknown;
  fromObject(object: Record<string, unknown>): unknown;
}

interface Root {
  lookupType(name: string): MessageType;
}

/** The conversion of `protobufjs` to proto3 JSON: enums and 64-bit numbers as text, bytes as base64. */
const JSON_OPTIONS = { enums: String, longs: String, bytes: String };

abstract class ProtobufPayloadConverter implements PayloadConverterWithEncoding {
  protected readonly root: Root | undefined;
  abstract readonly encodingType: string;

  constructor(root?: unknown) {
    if (root !== undefined && !isRoot(root)) throw new TypeError("root must be an instance of a protobufjs Root");
    this.root = root as Root | undefined;
  }

  abstract toPayload<T>(value: T): Payload | undefined;
  abstract fromPayload<T>(payload: Payload): T;

  protected typeOf(payload: Payload): { messageType: MessageType; data: Uint8Array } {
    const { data, metadata } = payload;
    if (data === undefined || data === null) throw new ValueError("Got payload with no data");
    const name = metadata?.[METADATA_MESSAGE_TYPE_KEY];
    if (name === undefined) throw new ValueError("Got protobuf payload without metadata.messageType");
    if (this.root === undefined) {
      throw new PayloadConverterError("Unable to deserialize protobuf message without `root` being provided");
    }
    try {
      return { messageType: this.root.lookupType(decode(name)), data };
    } catch (error) {
      throw new PayloadConverterError(
        `Got a \`${decode(name)}\` protobuf message but cannot find it in the root`,
        error,
      );
    }
  }
}

/** Messages in their binary form. */
export class ProtobufBinaryPayloadConverter extends ProtobufPayloadConverter {
  readonly encodingType = encodingTypes.METADATA_ENCODING_PROTOBUF;

  toPayload(value: unknown): Payload | undefined {
    const messageType = messageTypeOf(value);
    if (messageType === undefined) return undefined;
    const data = messageType.encode(value).finish();
    return payload(encodingKeys.METADATA_ENCODING_PROTOBUF, messageType, data);
  }

  fromPayload<T>(content: Payload): T {
    const { messageType, data } = this.typeOf(content);
    return messageType.decode(data) as T;
  }
}

/** Messages in their JSON form. */
export class ProtobufJsonPayloadConverter extends ProtobufPayloadConverter {
  readonly encodingType = encodingTypes.METADATA_ENCODING_PROTOBUF_JSON;

  toPayload(value: unknown): Payload | undefined {
    const messageType = messageTypeOf(value);
    if (messageType === undefined) return undefined;
    const json = JSON.stringify(messageType.toObject(value, JSON_OPTIONS));
    return payload(encodingKeys.METADATA_ENCODING_PROTOBUF_JSON, messageType, encode(json));
  }

  fromPayload<T>(content: Payload): T {
    const { messageType, data } = this.typeOf(content);
    return messageType.fromObject(JSON.parse(decode(data)) as Record<string, unknown>) as T;
  }
}

/**
 * Prepares a generated static module of `protobufjs` for the converters: its classes learn their names, and it learns to
 * find them by name. Returns the same object.
 */
export function patchProtobufRoot<T extends Record<string, unknown>>(root: T): T & Root {
  const types = new Map<string, MessageType>();
  collectTypes(root, types);
  const lookupType = (name: string): MessageType => {
    const type = types.get(name.replace(/^\./, ""));
    if (type === undefined) throw new ValueError(`no such type: ${name}`);
    return type;
  };
  return isRoot(root) ? (root as T & Root) : Object.assign(root, { lookupType });
}

function collectTypes(root: object, types: Map<string, MessageType>): void {
  const waiting: [object: object, path: string][] = [[root, ""]];
  // Generated classes refer to each other.
  const seen = new Set<unknown>();
  for (const [namespace, path] of waiting) {
    for (const [name, value] of Object.entries(namespace)) {
      if (seen.has(value) || !(isRecord(value) || typeof value === "function")) continue;
      seen.add(value);
      const fullName = path === "" ? name : `${path}.${name}`;
      if (isMessageClass(value)) {
        const { encode, decode, toObject, fromObject } = value;
        const type = { fullName, encode, decode, toObject, fromObject };
        types.set(fullName, type);
        Object.defineProperty(value, "$type", { value: type, configurable: true });
      }
      // Messages are the namespaces of those within them.
      waiting.push([value, fullName]);
    }
  }
}

function isMessageClass(value: unknown): value is MessageType {
  return typeof value === "function" && "encode" in value && "decode" in value && "fromObject" in value;
}

/** Options of `DefaultPayloadConverterWithProtobufs`. */
export interface DefaultPayloadConverterWithProtobufsOptions {
  /** The root of the generated messages. */
  protobufRoot: Record<string, unknown>;
}

/** `undefined`, bytes, protobuf messages as JSON and as binary, and JSON. */
export class DefaultPayloadConverterWithProtobufs extends CompositePayloadConverter {
  constructor({ protobufRoot }: DefaultPayloadConverterWithProtobufsOptions) {
    super(
      new UndefinedPayloadConverter(),
      new BinaryPayloadConverter(),
      new ProtobufJsonPayloadConverter(protobufRoot),
      new ProtobufBinaryPayloadConverter(protobufRoot),
      new JsonPayloadConverter(),
    );
  }
}

function payload(encoding: Uint8Array, messageType: MessageType, data: Uint8Array): Payload {
  const name = messageType.fullName.replace(/^\./, "");
  return { metadata: { [METADATA_ENCODING_KEY]: encoding, [METADATA_MESSAGE_TYPE_KEY]: encode(name) }, data };
}

function messageTypeOf(value: unknown): MessageType | undefined {
  if (!isRecord(value)) return undefined;
  const type: unknown = value["$type"] ?? (value.constructor as { $type?: unknown } | undefined)?.$type;
  return isRecord(type) && typeof type["encode"] === "function" ? (type as unknown as MessageType) : undefined;
}

function isRoot(root: unknown): boolean {
  return isRecord(root) && typeof root["lookupType"] === "function";
}
