import { namespaceInvalidState, invalidArgument } from "../../../api/errors.ts";
import { NamespaceState } from "../../../api/gen/enums.js";
import { decodeTaskToken } from "../../history/index.ts";
import type { Frontend } from "../frontend.ts";
import type { KnownNamespace } from "../namespaces/namespace-registry.ts";
import { checkNamespaceName } from "./namespace-name.ts";
import { isTooLong } from "./text-length.ts";

const { NAMESPACE_STATE_REGISTERED, NAMESPACE_STATE_DEPRECATED, NAMESPACE_STATE_DELETED } = NamespaceState;
const WORKING_STATES: readonly number[] = [NAMESPACE_STATE_REGISTERED, NAMESPACE_STATE_DEPRECATED];
const STARTING_STATES: readonly number[] = [NAMESPACE_STATE_REGISTERED];

const STATE_NAMES: ReadonlyMap<number, string> = new Map([
  [NAMESPACE_STATE_REGISTERED, "Registered"],
  [NAMESPACE_STATE_DEPRECATED, "Deprecated"],
  [NAMESPACE_STATE_DELETED, "Deleted"],
]);

type TaskToken = ReturnType<typeof decodeTaskToken>;

/** The namespace that a request names; it must exist and be in a state in which it does work. */
export function requireNamespace(frontend: Frontend, name: string): KnownNamespace {
  return inState(namedNamespace(frontend, name), WORKING_STATES);
}

/** The namespace in which a workflow is to begin: one that is deprecated only finishes what it has. */
export function requireStartingNamespace(frontend: Frontend, name: string): KnownNamespace {
  return inState(namedNamespace(frontend, name), STARTING_STATES);
}

/** The namespace that a request is about rather than within. */
export function requireChangeableNamespace(frontend: Frontend, name: string): KnownNamespace {
  checkNamespaceName(frontend, name);
  return inState(frontend.namespaces.require(name), WORKING_STATES);
}

function namedNamespace(frontend: Frontend, name: string): KnownNamespace {
  if (name === "") throw invalidArgument("Namespace is empty.");
  if (isTooLong(frontend, name)) throw invalidArgument("Namespace length exceeds limit.");
  return frontend.namespaces.require(name);
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
  return { namespace: inState(namespace, WORKING_STATES), token };
}

function inState(namespace: KnownNamespace, allowedStates: readonly number[]): KnownNamespace {
  const { name, state } = namespace.record;
  if (allowedStates.includes(state)) return namespace;
  const [is, mustBe] = [[state], allowedStates].map((states) => states.map(stateName).join(" or "));
  throw namespaceInvalidState(`Namespace has invalid state: ${is}. Must be ${mustBe}.`, {
    namespace: name,
    state: state as never,
    allowedStates: allowedStates as never,
  });
}

function stateName(state: number): string {
  return STATE_NAMES.get(state) ?? String(state);
}
