import { Code, encodeErrorStatus, ServiceError } from "../../../api/errors.ts";
import { fnv1a } from "../../../base/index.ts";
import type { Log, Random } from "../../../base/index.ts";
import { GrpcError } from "../../../rpc/index.ts";
import { LaneUnavailableError } from "../../history/index.ts";
import { CorruptionError, StoreUnavailableError } from "../../store/errors.ts";
import { InvalidQueryError, InvalidSearchAttributesError } from "../../visibility/index.ts";

/** Longer messages are cut: they travel in a header. */
const MESSAGE_BYTES_MAX = 4000;

/** The one place where errors become gRPC statuses. What is not known here is ours to find in the log, not the caller's to read. */
export function toGrpcError(error: unknown, where: { method: string; log: Log; random: Random }): GrpcError {
  if (error instanceof GrpcError) return error;
  if (error instanceof ServiceError)
    return new GrpcError(error.code, cut(error.message), { details: encodeErrorStatus(error) });
  if (error instanceof InvalidQueryError || error instanceof InvalidSearchAttributesError)
    return new GrpcError(Code.INVALID_ARGUMENT, cut(error.message));
  if (error instanceof LaneUnavailableError || error instanceof StoreUnavailableError)
    return new GrpcError(Code.UNAVAILABLE, cut(error.message));
  if (error instanceof CorruptionError) return new GrpcError(Code.DATA_LOSS, cut(error.message));
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const reference = fnv1a(text).toString(16);
  where.log.error("a request failed unexpectedly", { method: where.method, reference, error: text });
  return new GrpcError(Code.INTERNAL, `something went wrong, please retry (${reference})`);
}

function cut(message: string): string {
  return Buffer.byteLength(message) <= MESSAGE_BYTES_MAX
    ? message
    : Buffer.from(message).subarray(0, MESSAGE_BYTES_MAX).toString("utf8");
}
