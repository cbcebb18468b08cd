import type { Call } from "../../../api/call.ts";

/** Aborted when the caller has cancelled or gone away. */
export function callerSignal(call: Call): AbortSignal {
  const controller = new AbortController();
  call.onCancel(() => controller.abort());
  return controller.signal;
}
