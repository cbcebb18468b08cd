/** The errors of Nexus handlers and operations, as far as they appear in failures. */
import { isRecord } from "./type-helpers.ts";

export const HandlerErrorType = {
  UNKNOWN: "UNKNOWN",
  BAD_REQUEST: "BAD_REQUEST",
  UNAUTHENTICATED: "UNAUTHENTICATED",
  UNAUTHORIZED: "UNAUTHORIZED",
  NOT_FOUND: "NOT_FOUND",
  REQUEST_TIMEOUT: "REQUEST_TIMEOUT",
  CONFLICT: "CONFLICT",
  RESOURCE_EXHAUSTED: "RESOURCE_EXHAUSTED",
  INTERNAL: "INTERNAL",
  NOT_IMPLEMENTED: "NOT_IMPLEMENTED",
  UNAVAILABLE: "UNAVAILABLE",
  UPSTREAM_TIMEOUT: "UPSTREAM_TIMEOUT",
} as const;
export type HandlerErrorType = (typeof HandlerErrorType)[keyof typeof HandlerErrorType];

const RETRYABLE: ReadonlySet<string> = new Set([
  "RESOURCE_EXHAUSTED",
  "REQUEST_TIMEOUT",
  "INTERNAL",
  "UNAVAILABLE",
  "UPSTREAM_TIMEOUT",
  "UNKNOWN",
]);

export interface HandlerErrorOptions {
  cause?: unknown;
  retryableOverride?: boolean | undefined;
  stackTrace?: string;
  /** What the error was made from. */
  originalFailure?: unknown;
  /** The type as it came, when it is none of {@link HandlerErrorType}. */
  rawErrorType?: string;
}

/** What a Nexus handler answers when it fails; compatible with the class of the same name in `nexus-rpc`. */
export class HandlerError extends Error {
  readonly type: HandlerErrorType;
  readonly rawErrorType: string;
  readonly retryableOverride?: boolean | undefined;
  readonly originalFailure?: unknown;

  constructor(type: HandlerErrorType, message?: string, options: HandlerErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "HandlerError";
    this.type = type in HandlerErrorType ? type : "UNKNOWN";
    this.rawErrorType = options.rawErrorType ?? type;
    this.retryableOverride = options.retryableOverride;
    this.originalFailure = options.originalFailure;
    if (options.stackTrace !== undefined) this.stack = options.stackTrace;
  }

  /** Whether the caller may try again. */
  get retryable(): boolean {
    return this.retryableOverride ?? RETRYABLE.has(this.type);
  }
}

/** True for handler errors of this library and of `nexus-rpc`. */
export function isHandlerError(error: unknown): error is HandlerError {
  return isRecord(error) && error["name"] === "HandlerError" && typeof error["type"] === "string";
}
