import { namespaceInvalidState, invalidArgument } from "../../../api/errors.ts";
import { NamespaceState } from "../../../api/gen/enums.js";
import { decodeTaskToken } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import type { KnownNamespace } from "../namespaces/namespace-registry.ts";
import { isTooLong } from "./text-length.ts";

const { NAMESPACE_STATE_REGISTERED, NAMESPACE_STATE_DEPRECATED } = NamespaceState;
const WORKING_STATES = [NAMESPACE_STATE_REGISTERED, NAMESPACE_STATE_DEPRECATED];

type TaskToken = ReturnType<typeof decodeTaskToken>;

/** The namespace that a request names; it must exist and be in a state in which it does work. */
export function requireNamespace(frontend: Frontend, name: string): KnownNamespace {
  if (name === "") throw invalidArgument("Namespace is empty.");
  if (isTooLong(frontend, name)) throw invalidArgument("Namespace length exceeds limit.");
  return working(frontend.namespaces.require(name));
}

/** The namespace of a task's token counts; one that the request names besides must be the same. */
export function requireTokenNamespace(
  frontend: Frontend,
  request: { namespace: string; taskToken: Uint8Array },
): { namespace: KnownNamespace; token: TaskToken } {
  const token = decodeTaskToken(request.taskToken);
  const namespace = frontend.namespaces.byId(token.namespaceId);
  if (namespace === undefined) throw invalidArgument("Error deserializing task token.");
  if (request.namespace !== "" && requireNamespace(frontend, request.namespace) !== namespace) {
    throw invalidArgument("Operation requested with a token from a different namespace.");
  }
  return { namespace: working(namespace), token };
}

function working(namespace: KnownNamespace): KnownNamespace {
  const { name, state } = namespace.record;
  if (WORKING_STATES.includes(state as never)) return namespace;
  throw namespaceInvalidState("Namespace has invalid state.", {
    namespace: name,
    state: state as never,
    allowedStates: WORKING_STATES as never,
  });
}
