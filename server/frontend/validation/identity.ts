import { invalidArgument } from "../../../api/errors.ts";
import type { Frontend } from "../frontend.ts";
import { isTooLong } from "./text-length.ts";

export function checkIdentity(frontend: Frontend, identity: string): void {
  if (isTooLong(frontend, identity)) throw invalidArgument("Identity length exceeds limit.");
}

export function checkRequestId(frontend: Frontend, requestId: string): void {
  if (isTooLong(frontend, requestId)) throw invalidArgument("RequestId length exceeds limit.");
}
