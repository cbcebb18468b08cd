import type { PayloadConverter } from "./payload-converter.ts";
import { convertOptionalToPayload } from "./payload-lists.ts";
import type { Payload } from "./payload.ts";
import type { SerializationContext } from "./serialization-context.ts";

/** What people read of a workflow or command. */
export interface UserMetadata {
  /** One line. */
  staticSummary?: string;
  /** Any number of lines. */
  staticDetails?: string;
}

/** `temporal.api.sdk.v1.UserMetadata` before it is encoded. */
export interface ProtoUserMetadata {
  summary?: Payload | null;
  details?: Payload | null;
}

/** undefined when there is neither summary nor details. */
export function userMetadataToPayload(
  payloadConverter: PayloadConverter,
  staticSummary: string | undefined,
  staticDetails: string | undefined,
  context?: SerializationContext,
): ProtoUserMetadata | undefined {
  if (staticSummary === undefined && staticDetails === undefined) return undefined;
  return {
    summary: convertOptionalToPayload(payloadConverter, staticSummary, context),
    details: convertOptionalToPayload(payloadConverter, staticDetails, context),
  };
}
