import type { Payload } from "./payload.ts";
import type { SerializationContext } from "./serialization-context.ts";

/**
 * Between the payload converter and the wire: compression, encryption, large values kept elsewhere.
 */
export interface PayloadCodec {
  /** @param payloads may be empty. */
  encode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]>;
  decode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]>;
}
