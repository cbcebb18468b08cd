/** The names of gRPC's status codes, by number. */
export const CODE_NAMES = [
  "OK",
  "CANCELLED",
  "UNKNOWN",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
  "UNAUTHENTICATED",
] as const;

/** What a server sent behind its answer. */
export interface RpcMetadata {
  /** All values of a name; bytes for names that end in `-bin`. */
  get(name: string): (string | Uint8Array)[];
}

const STATUS_DETAILS = "grpc-status-details-bin";

/**
 * A call that ended with a status other than OK. It has the properties of `@grpc/grpc-js`'s `ServiceError`, so that
 * code which looks at `code`, `details` and `metadata` keeps working.
 */
export class RpcError extends Error {
  /** A number of `grpc.status`. */
  readonly code: number;
  /** The server's message. */
  readonly details: string;
  readonly metadata: RpcMetadata;

  constructor(options: {
    code: number;
    details: string;
    /** A `google.rpc.Status`, encoded. */
    statusDetails?: Uint8Array | undefined;
    trailers?: { getAll(name: string): string[] } | undefined;
    cause?: unknown;
  }) {
    const { code, details, statusDetails, trailers, cause } = options;
    super(`${code} ${CODE_NAMES[code] ?? "UNKNOWN"}: ${details}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
    this.metadata = {
      get: (name) => {
        const key = name.toLowerCase();
        if (key === STATUS_DETAILS) return statusDetails === undefined ? [] : [statusDetails];
        return trailers?.getAll(key) ?? [];
      },
    };
  }
}
Object.defineProperty(RpcError.prototype, "name", { value: "RpcError" });

/** The `google.rpc.Status` of an error, encoded; also of errors of `@grpc/grpc-js`. */
export function statusDetailsOf(error: { metadata?: RpcMetadata }): Uint8Array | undefined {
  const [value] = error.metadata?.get(STATUS_DETAILS) ?? [];
  return value instanceof Uint8Array ? value : undefined;
}
