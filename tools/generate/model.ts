/** The definitions as the generator's writers want them: plain records, references resolved, names chosen. */
export interface EnumModel {
  fullName: string;
  name: string;
  values: { name: string; number: number }[];
}

export type Scalar =
  | "string"
  | "bytes"
  | "bool"
  | "int32"
  | "uint32"
  | "sint32"
  | "int64"
  | "uint64"
  | "sint64"
  | "fixed32"
  | "sfixed32"
  | "fixed64"
  | "sfixed64"
  | "float"
  | "double";

/** What one value of a field is. An opaque message counts as `opaque`: its bytes. */
export type Kind =
  | { is: "scalar"; scalar: Scalar }
  | { is: "enum"; enum: EnumModel }
  | { is: "opaque"; message: MessageModel }
  | { is: "message"; message: MessageModel };

export interface FieldModel {
  id: number;
  /** In camel case, as protobufjs has it. */
  name: string;
  protoName: string;
  kind: Kind;
  label: "single" | "repeated" | "map";
  key: Scalar | undefined;
  packed: boolean;
  /** Its oneof, real or made for `optional`. */
  oneof: OneofModel | undefined;
}

export interface OneofModel {
  name: string;
  fields: FieldModel[];
}

export interface MessageModel {
  fullName: string;
  /** Unique among all messages. */
  name: string;
  /** By number. */
  fields: FieldModel[];
  oneofs: OneofModel[];
  /** It can contain itself (opaque fields do not count). */
  recursive: boolean;
  keepsUnknown: boolean;
}

export interface MethodModel {
  name: string;
  request: MessageModel;
  response: MessageModel;
}

export interface ServiceModel {
  fullName: string;
  name: string;
  methods: MethodModel[];
}

export interface Model {
  messages: MessageModel[];
  enums: EnumModel[];
  services: ServiceModel[];
}

/** Sets `recursive` on every message that lies on a cycle. */
export function markRecursive(messages: readonly MessageModel[]): void {
  for (const message of messages) message.recursive = reaches(message, message, new Set());
}

function reaches(from: MessageModel, target: MessageModel, seen: Set<MessageModel>): boolean {
  return from.fields.some(({ kind }) => {
    if (kind.is !== "message") return false;
    if (kind.message === target) return true;
    if (seen.has(kind.message)) return false;
    seen.add(kind.message);
    return reaches(kind.message, target, seen);
  });
}
