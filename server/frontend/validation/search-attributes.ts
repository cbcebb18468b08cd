import { SearchAttributes } from "../../../api/gen/messages.js";
import { checkSearchAttributes as check, typedSearchAttributes } from "../../visibility/index.ts";
import type { Frontend } from "../frontend.ts";
import { decodeOpaque } from "./opaque.ts";
import type { KnownNamespace } from "../namespaces/namespace-registry.ts";

/** Encoded search attributes of a start; each comes back with its type, and those that say "not set" are gone. */
export function checkSearchAttributes(
  { history }: Frontend,
  encoded: Uint8Array | undefined,
  namespace: KnownNamespace,
): Uint8Array | undefined {
  if (encoded === undefined) return undefined;
  const attributes = decodeOpaque(SearchAttributes, encoded);
  if (Object.keys(attributes.indexedFields).length === 0) return undefined;
  check(attributes, {
    namespace: namespace.name,
    registry: namespace,
    limits: history.limitsOf(namespace.name),
  });
  return SearchAttributes.encode(typedSearchAttributes(attributes, namespace));
}
