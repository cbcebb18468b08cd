import type { Method } from "../../api/gen/services.js";
import type { CallOptions, Service } from "./service.ts";

/** `grpc.health.v1.HealthCheckResponse.ServingStatus`. */
export type ServingStatus = 0 | 1 | 2 | 3;

/** The health service that gRPC servers have. */
export interface HealthServiceMethods {
  /** @param request names a service, or none for the whole server. */
  check(request?: { service?: string }, options?: CallOptions): Promise<{ status: ServingStatus }>;
}

/** Two messages of one field each: `string service = 1` and `ServingStatus status = 1`. */
const CHECK = {
  service: "grpc.health.v1.Health",
  name: "Check",
  path: "/grpc.health.v1.Health/Check",
  key: "check",
  request: {
    encode({ service = "" }: { service?: string }): Uint8Array {
      const name = new TextEncoder().encode(service);
      if (name.length === 0) return new Uint8Array(0);
      if (name.length > 127) throw new RangeError(`service name of ${name.length} bytes, the limit is 127`);
      return Uint8Array.of(0x0a, name.length, ...name);
    },
  },
  response: {
    decode: (bytes: Uint8Array): { status: number } => ({ status: bytes[0] === 0x08 ? (bytes[1] ?? 0) : 0 }),
  },
} as unknown as Method;

export function healthFacade(service: Service): HealthServiceMethods {
  return { check: (request = {}, options) => service.call(CHECK, request, options) };
}
