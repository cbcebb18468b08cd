import { ActivityCancellationDetails } from "../../common/index.ts";

/** Why a running activity is cancelled; the message of the `CancelledFailure` that it sees. */
export type CancelReason =
  /** The server does not know the attempt (any more). */
  | "NOT_FOUND"
  | "CANCELLED"
  | "TIMED_OUT"
  | "WORKER_SHUTDOWN"
  | "PAUSED"
  | "RESET"
  /** Details of a heartbeat could not be converted. */
  | "HEARTBEAT_DETAILS_CONVERSION_FAILED";

export function detailsOf(reason: CancelReason): ActivityCancellationDetails {
  return new ActivityCancellationDetails({
    notFound: reason === "NOT_FOUND",
    cancelRequested: reason === "CANCELLED",
    timedOut: reason === "TIMED_OUT",
    workerShutdown: reason === "WORKER_SHUTDOWN",
    paused: reason === "PAUSED",
    reset: reason === "RESET",
  });
}
