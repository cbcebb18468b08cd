import type { Call } from "../../../api/call.ts";
import { Code, ServiceError } from "../../../api/errors.ts";

/** Aborted when the caller has cancelled or gone away, with what it is told if it still listens. */
export function callerSignal(call: Call): AbortSignal {
  const controller = new AbortController();
  call.onCancel(() => controller.abort(new ServiceError(Code.CANCELLED, "context canceled")));
  return controller.signal;
}
