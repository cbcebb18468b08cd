import { invalidArgument } from "../../../api/errors.ts";
import type { Frontend } from "../frontend.ts";
import { isTooLong } from "./text-length.ts";

/** The name in a request that is about a namespace rather than within one. */
export function checkNamespaceName(frontend: Frontend, name: string): void {
  if (name === "") throw invalidArgument("Namespace not set on request.");
  if (isTooLong(frontend, name)) throw invalidArgument("Namespace length exceeds limit.");
}
