import { invalidArgument } from "../../../api/errors.ts";
import { isUuid } from "../../../base/index.ts";
import type { Frontend } from "../frontend.ts";
import { isTooLong } from "./text-length.ts";

interface PauseRequest {
  readonly workflowId: string;
  readonly runId: string;
  readonly identity: string;
  readonly reason: string;
  readonly requestId: string;
}

/** What a request to pause or unpause a run names and says. */
export function checkPause(frontend: Frontend, request: PauseRequest): void {
  if (request.workflowId === "") throw invalidArgument("Can't load workflow execution. WorkflowId not set.");
  if (request.runId !== "" && !isUuid(request.runId)) throw invalidArgument("RunId is not valid UUID.");
  if (isTooLong(frontend, request.reason)) throw invalidArgument("reason is too long.");
  if (isTooLong(frontend, request.requestId)) throw invalidArgument("request id is too long.");
  if (isTooLong(frontend, request.identity)) throw invalidArgument("identity is too long.");
}
