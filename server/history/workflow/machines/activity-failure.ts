/** The failures that the server itself gives to activities, encoded. */
import { TimeoutType } from "../../../../api/gen/enums.js";
import { Failure } from "../../../../api/gen/messages.js";

const SOURCE = "Server";
const FAILURE_TOO_LARGE_TEXT = "Failure exceeds size limit.";
const NO_TIME_TEXT = "Not enough time to schedule next retry before activity ScheduleToClose timeout, giving up retrying";

const TIMEOUT_NAMES: Readonly<Record<number, string>> = {
  [TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE]: "StartToClose",
  [TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START]: "ScheduleToStart",
  [TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE]: "ScheduleToClose",
  [TimeoutType.TIMEOUT_TYPE_HEARTBEAT]: "Heartbeat",
};

export interface TimeoutDetails {
  readonly lastHeartbeatDetails?: Uint8Array | undefined;
  readonly cause?: Uint8Array | undefined;
}

export function timeoutFailure(timeoutType: number, { lastHeartbeatDetails, cause }: TimeoutDetails = {}): Uint8Array {
  const message = `activity ${TIMEOUT_NAMES[timeoutType] ?? ""} timeout`;
  return Failure.encode({ message, source: SOURCE, cause, timeoutFailureInfo: { timeoutType: timeoutType as TimeoutType, lastHeartbeatDetails } });
}

/** Another attempt would not fit before schedule-to-close. */
export function noTimeFailure({ lastHeartbeatDetails, cause }: TimeoutDetails): Uint8Array {
  const timeoutType = TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE;
  return Failure.encode({ message: NO_TIME_TEXT, source: SOURCE, cause, timeoutFailureInfo: { timeoutType, lastHeartbeatDetails } });
}

/** A worker's answer that is too large to keep. */
export function tooLargeFailure(message: string): Uint8Array {
  return Failure.encode({ message, serverFailureInfo: { nonRetryable: true } });
}

/** A failure that is too large to go into the history: its beginning, inside a failure that is not retried. */
export function oversizeFailure(failure: Uint8Array, bytesMax: number): Uint8Array {
  return Failure.encode({ message: FAILURE_TOO_LARGE_TEXT, cause: truncated(failure, bytesMax), serverFailureInfo: { nonRetryable: true } });
}

/** A failure as it is kept while the activity waits for its next attempt. */
export function keptFailure(failure: Uint8Array, bytesMax: number): Uint8Array {
  if (failure.length <= bytesMax) return failure;
  return Failure.encode({ message: FAILURE_TOO_LARGE_TEXT, cause: truncated(failure, bytesMax), serverFailureInfo: {} });
}

/** Bytes that the wrapping failure takes beside the text of its cause. */
const WRAPPER_BYTES = 29;

/** Texts only: source and type whole, then as much of message and stack trace as fits; details and causes go. */
function truncated(failure: Uint8Array, bytesMax: number): Uint8Array {
  const { message, source, stackTrace, applicationFailureInfo: application } = Failure.decode(failure);
  let left = bytesMax - WRAPPER_BYTES;
  const take = (text: string): string => {
    const taken = cutUtf8(text, Math.max(left, 0));
    left -= Buffer.byteLength(taken);
    return taken;
  };
  const type = take(application?.type ?? "");
  return Failure.encode({
    message: take(message),
    source: cutUtf8(source, bytesMax),
    stackTrace: take(stackTrace),
    applicationFailureInfo: application && { type, nonRetryable: application.nonRetryable, nextRetryDelay: application.nextRetryDelay },
  });
}

function cutUtf8(text: string, bytesMax: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= bytesMax) return text;
  let end = bytesMax;
  while (end > 0 && ((bytes[end] as number) & 0xc0) === 0x80) end--;
  return bytes.toString("utf8", 0, end);
}
