/**
 * One decoded header field. It is immutable and shared: an entry of a table is the same object in every block that
 * refers to it, so what must be known of a name (its kind, whether it is legal at all) is computed once per entry and
 * not once per call.
 */
export interface HeaderField {
  readonly name: string;
  readonly value: string;
  readonly kind: FieldKind;
}

/** What a field means to HTTP/2 and gRPC. Small numbers, because the request head switches over them for every call. */
export const fieldKinds = {
  metadata: 0,
  method: 1,
  scheme: 2,
  path: 3,
  authority: 4,
  status: 5,
  contentType: 6,
  contentLength: 7,
  te: 8,
  timeout: 9,
  encoding: 10,
  acceptEncoding: 11,
  grpcStatus: 12,
  grpcMessage: 13,
  grpcDetails: 14,
  /** Transport fields that HTTP/2 forbids, upper case, unknown pseudo-headers: the message is malformed. */
  malformed: 15,
} as const;

export type FieldKind = (typeof fieldKinds)[keyof typeof fieldKinds];

const kindByName = new Map<string, FieldKind>([
  [":method", fieldKinds.method],
  [":scheme", fieldKinds.scheme],
  [":path", fieldKinds.path],
  [":authority", fieldKinds.authority],
  [":status", fieldKinds.status],
  ["content-type", fieldKinds.contentType],
  ["content-length", fieldKinds.contentLength],
  ["te", fieldKinds.te],
  ["grpc-timeout", fieldKinds.timeout],
  ["grpc-encoding", fieldKinds.encoding],
  ["grpc-accept-encoding", fieldKinds.acceptEncoding],
  ["grpc-status", fieldKinds.grpcStatus],
  ["grpc-message", fieldKinds.grpcMessage],
  ["grpc-status-details-bin", fieldKinds.grpcDetails],
  ["connection", fieldKinds.malformed],
  ["keep-alive", fieldKinds.malformed],
  ["proxy-connection", fieldKinds.malformed],
  ["transfer-encoding", fieldKinds.malformed],
  ["upgrade", fieldKinds.malformed],
]);

const regularName = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
// Control characters other than tab could smuggle a second line into a log or a proxied header.
// eslint-disable-next-line no-control-regex
const forbiddenInValue = /[\x00-\x08\x0a-\x1f\x7f]/;

export function headerField(name: string, value: string): HeaderField {
  return { name, value, kind: fieldKind(name, value) };
}

function fieldKind(name: string, value: string): FieldKind {
  if (forbiddenInValue.test(value)) return fieldKinds.malformed;
  return kindByName.get(name) ?? (regularName.test(name) ? fieldKinds.metadata : fieldKinds.malformed);
}

/** RFC 7541 §4.1: the size of an entry, with 32 bytes for the table's own cost. */
export function headerFieldBytes(field: HeaderField): number {
  return field.name.length + field.value.length + 32;
}
