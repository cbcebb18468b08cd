import { invalidArgument, notFound } from "../../../api/errors.ts";
import { decodeTaskToken } from "../../history/index.ts";
import type { ActivityName } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The activity of a worker's token. The token's namespace counts; one that is given must be the same. */
export function activityByToken(
  frontend: Frontend,
  request: { namespace: string; taskToken: Uint8Array; identity: string },
): ActivityName {
  const token = decodeTaskToken(request.taskToken);
  if (request.namespace !== "") {
    const namespace = frontend.namespaces.require(request.namespace);
    if (namespace.id !== token.namespaceId)
      throw invalidArgument("Operation requested with a token from a different namespace.");
  }
  checkIdentity(frontend, request.identity);
  return { kind: "token", token };
}

/** The activity that a client names. */
export function activityById(
  frontend: Frontend,
  request: { namespace: string; workflowId: string; runId: string; activityId: string; identity: string },
): ActivityName {
  const { workflowId, runId, activityId } = request;
  if (request.namespace === "") throw invalidArgument("Namespace is empty.");
  const namespace = frontend.namespaces.require(request.namespace);
  if (activityId === "") throw invalidArgument("ActivityId is not set on request.");
  checkIdentity(frontend, request.identity);
  if (runId !== "" && !UUID.test(runId)) throw invalidArgument("RunId is not valid UUID.");
  if (workflowId === "") throw notFound(`activity not found for ID: ${activityId}`);
  return { kind: "id", namespace, workflowId, runId, activityId };
}

function checkIdentity(frontend: Frontend, identity: string): void {
  if (Buffer.byteLength(identity) > frontend.history.limits.idBytesMax)
    throw invalidArgument("Identity length exceeds limit.");
}
