import { encodeBytes, encodeNumber, encodeVarintField } from "./protobuf.ts";

/**
 * FileDescriptorProtos of health and reflection themselves, so that reflection can describe every service there is.
 * Numbers are those of google/protobuf/descriptor.proto.
 */

const types = { message: 11, enum: 14, int32: 5, string: 9, bytes: 12 } as const;

interface Field {
  readonly name: string;
  readonly number: number;
  readonly type: keyof typeof types;
  /** Of a message or an enum, fully qualified. */
  readonly typeName?: string;
  readonly isRepeated?: boolean;
  /** The field belongs to the message's one oneof. */
  readonly isChoice?: boolean;
}

interface Message {
  readonly name: string;
  readonly fields: readonly Field[];
  readonly oneof?: string;
  readonly nested?: readonly Message[];
  readonly enums?: readonly Uint8Array[];
  readonly isMapEntry?: boolean;
}

interface Method {
  readonly name: string;
  readonly request: string;
  readonly response: string;
  readonly streams: "none" | "response" | "both";
}

export const healthFile = { name: "grpc/health/v1/health.proto", bytes: describeHealth() };

export const reflectionFiles = ["v1", "v1alpha"].map((version) => ({
  name: `grpc/reflection/${version}/reflection.proto`,
  bytes: describeReflection(`grpc.reflection.${version}`, version),
}));

function describeHealth(): Uint8Array {
  const status = "grpc.health.v1.HealthCheckResponse.ServingStatus";
  const entry = "grpc.health.v1.HealthListResponse.StatusesEntry";
  const statuses = encodeEnum("ServingStatus", ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"]);
  const response = "grpc.health.v1.HealthCheckResponse";
  const messages: Message[] = [
    { name: "HealthCheckRequest", fields: [{ name: "service", number: 1, type: "string" }] },
    {
      name: "HealthCheckResponse",
      fields: [{ name: "status", number: 1, type: "enum", typeName: status }],
      enums: [statuses],
    },
    { name: "HealthListRequest", fields: [] },
    {
      name: "HealthListResponse",
      fields: [{ name: "statuses", number: 1, type: "message", typeName: entry, isRepeated: true }],
      nested: [
        {
          name: "StatusesEntry",
          fields: [
            { name: "key", number: 1, type: "string" },
            { name: "value", number: 2, type: "message", typeName: response },
          ],
          isMapEntry: true,
        },
      ],
    },
  ];
  return encodeFile({
    name: "grpc/health/v1/health.proto",
    packageName: "grpc.health.v1",
    messages,
    service: "Health",
    methods: [
      { name: "Check", request: "HealthCheckRequest", response: "HealthCheckResponse", streams: "none" },
      { name: "List", request: "HealthListRequest", response: "HealthListResponse", streams: "none" },
      { name: "Watch", request: "HealthCheckRequest", response: "HealthCheckResponse", streams: "response" },
    ],
  });
}

function describeReflection(packageName: string, version: string): Uint8Array {
  const choice = (name: string, number: number, message?: string): Field => ({
    name,
    number,
    type: message === undefined ? "string" : "message",
    typeName: message && `${packageName}.${message}`,
    isChoice: true,
  });
  const text = (name: string, number: number): Field => ({ name, number, type: "string" });
  const messages: Message[] = [
    {
      name: "ServerReflectionRequest",
      oneof: "message_request",
      fields: [
        text("host", 1),
        choice("file_by_filename", 3),
        choice("file_containing_symbol", 4),
        choice("file_containing_extension", 5, "ExtensionRequest"),
        choice("all_extension_numbers_of_type", 6),
        choice("list_services", 7),
      ],
    },
    {
      name: "ExtensionRequest",
      fields: [text("containing_type", 1), { name: "extension_number", number: 2, type: "int32" }],
    },
    {
      name: "ServerReflectionResponse",
      oneof: "message_response",
      fields: [
        text("valid_host", 1),
        { name: "original_request", number: 2, type: "message", typeName: `${packageName}.ServerReflectionRequest` },
        choice("file_descriptor_response", 4, "FileDescriptorResponse"),
        choice("all_extension_numbers_response", 5, "ExtensionNumberResponse"),
        choice("list_services_response", 6, "ListServiceResponse"),
        choice("error_response", 7, "ErrorResponse"),
      ],
    },
    {
      name: "FileDescriptorResponse",
      fields: [{ name: "file_descriptor_proto", number: 1, type: "bytes", isRepeated: true }],
    },
    {
      name: "ExtensionNumberResponse",
      fields: [text("base_type_name", 1), { name: "extension_number", number: 2, type: "int32", isRepeated: true }],
    },
    {
      name: "ListServiceResponse",
      fields: [
        { name: "service", number: 1, type: "message", typeName: `${packageName}.ServiceResponse`, isRepeated: true },
      ],
    },
    { name: "ServiceResponse", fields: [text("name", 1)] },
    { name: "ErrorResponse", fields: [{ name: "error_code", number: 1, type: "int32" }, text("error_message", 2)] },
  ];
  return encodeFile({
    name: `grpc/reflection/${version}/reflection.proto`,
    packageName,
    messages,
    service: "ServerReflection",
    methods: [
      {
        name: "ServerReflectionInfo",
        request: "ServerReflectionRequest",
        response: "ServerReflectionResponse",
        streams: "both",
      },
    ],
  });
}

function encodeFile(file: {
  name: string;
  packageName: string;
  messages: readonly Message[];
  service: string;
  methods: readonly Method[];
}): Uint8Array {
  const methods = file.methods.map(({ name, request, response, streams }) =>
    encodeBytes(
      2,
      Buffer.concat([
        encodeBytes(1, name),
        encodeBytes(2, `.${file.packageName}.${request}`),
        encodeBytes(3, `.${file.packageName}.${response}`),
        encodeNumber(5, streams === "both" ? 1 : 0),
        encodeNumber(6, streams === "none" ? 0 : 1),
      ]),
    ),
  );
  return Buffer.concat([
    encodeBytes(1, file.name),
    encodeBytes(2, file.packageName),
    ...file.messages.map((message) => encodeBytes(4, encodeMessage(message))),
    encodeBytes(6, Buffer.concat([encodeBytes(1, file.service), ...methods])),
    encodeBytes(12, "proto3"),
  ]);
}

function encodeMessage(message: Message): Uint8Array {
  return Buffer.concat([
    encodeBytes(1, message.name),
    ...message.fields.map((field) => encodeBytes(2, encodeField(field))),
    ...(message.nested ?? []).map((nested) => encodeBytes(3, encodeMessage(nested))),
    ...(message.enums ?? []).map((one) => encodeBytes(4, one)),
    ...(message.isMapEntry === true ? [encodeBytes(7, encodeNumber(7, 1))] : []),
    ...(message.oneof === undefined ? [] : [encodeBytes(8, encodeBytes(1, message.oneof))]),
  ]);
}

function encodeField(field: Field): Uint8Array {
  return Buffer.concat([
    encodeBytes(1, field.name),
    encodeNumber(3, field.number),
    encodeNumber(4, field.isRepeated === true ? 3 : 1),
    encodeNumber(5, types[field.type]),
    ...(field.typeName === undefined ? [] : [encodeBytes(6, `.${field.typeName}`)]),
    // The index of the only oneof is 0, and must be there to count.
    ...(field.isChoice === true ? [encodeVarintField(9, 0)] : []),
  ]);
}

function encodeEnum(name: string, values: readonly string[]): Uint8Array {
  return Buffer.concat([
    encodeBytes(1, name),
    ...values.map((value, number) =>
      encodeBytes(2, Buffer.concat([encodeBytes(1, value), encodeVarintField(2, number)])),
    ),
  ]);
}
