import { invalidArgument, notFound } from "../../../api/errors.ts";
import { isUuid } from "../../../base/index.ts";
import type { ActivityName } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import { checkIdentity } from "../validation/identity.ts";
import { requireNamespace, requireTokenNamespace } from "../validation/namespace.ts";

interface ByToken {
  readonly namespace: string;
  readonly taskToken: Uint8Array;
  readonly identity: string;
}

/** The activity of a worker's token. */
export function activityByToken(frontend: Frontend, request: ByToken): ActivityName {
  const { token } = requireTokenNamespace(frontend, request);
  checkIdentity(frontend, request.identity);
  return { kind: "token", token };
}

interface ById {
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly activityId: string;
  readonly identity: string;
}

/** The activity that a client names. */
export function activityById(frontend: Frontend, request: ById): ActivityName {
  const { workflowId, runId, activityId } = request;
  const namespace = requireNamespace(frontend, request.namespace);
  if (activityId === "") throw invalidArgument("ActivityId is not set on request.");
  checkIdentity(frontend, request.identity);
  if (runId !== "" && !isUuid(runId)) throw invalidArgument("RunId is not valid UUID.");
  if (workflowId === "") throw notFound(`activity not found for ID: ${activityId}`);
  return { kind: "id", namespace, workflowId, runId, activityId };
}
