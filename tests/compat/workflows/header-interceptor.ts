// Carries the header of a workflow's start on to its activities, and lets a workflow read it.

import type { Headers, WorkflowInterceptors } from "@temporalio/workflow";

let startHeaders: Headers = {};
let signalHeaders: Headers = {};

export function receivedHeaders(): { start: Headers; signal: Headers } {
  return { start: startHeaders, signal: signalHeaders };
}

export const interceptors = (): WorkflowInterceptors => ({
  inbound: [
    {
      execute(input, next) {
        startHeaders = input.headers;
        return next(input);
      },
      handleSignal(input, next) {
        signalHeaders = input.headers;
        return next(input);
      },
    },
  ],
  outbound: [
    {
      scheduleActivity: (input, next) => next({ ...input, headers: { ...input.headers, ...startHeaders } }),
    },
  ],
});
