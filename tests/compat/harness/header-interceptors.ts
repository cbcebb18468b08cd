// The client's and the activity worker's share of a header that travels client → workflow → activity.

import type { ActivityInterceptors, ActivityInterceptorsFactory } from "@temporalio/worker";
import type { WorkflowClientInterceptor } from "@temporalio/client";
import { defaultPayloadConverter } from "@temporalio/common";

export const HEADER_NAME = "compat-trace";

export const headerClientInterceptor: WorkflowClientInterceptor = {
  start: (input, next) =>
    next({ ...input, headers: { ...input.headers, [HEADER_NAME]: defaultPayloadConverter.toPayload("from client") } }),
  signal: (input, next) =>
    next({ ...input, headers: { ...input.headers, [HEADER_NAME]: defaultPayloadConverter.toPayload("from signal") } }),
};

/** Appends the header that an activity was called with to its result, when there is one. */
export const headerActivityInterceptor: ActivityInterceptorsFactory = (): ActivityInterceptors => ({
  inbound: {
    async execute(input, next) {
      const result = await next(input);
      const header = input.headers[HEADER_NAME];
      return header === undefined
        ? result
        : `${String(result)}, ${defaultPayloadConverter.fromPayload<string>(header)}`;
    },
  },
});
