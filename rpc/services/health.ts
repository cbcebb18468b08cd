import { GrpcError } from "../grpc/grpc-error.ts";
import type { Route, ServerStream } from "../grpc/handler.ts";
import { statusCodes } from "../grpc/status-code.ts";
import { decodeFields, encodeBytes, encodeNumber, stringField } from "./protobuf.ts";

export const healthServiceName = "grpc.health.v1.Health";

const servingStatus = { unknown: 0, serving: 1, notServing: 2, serviceUnknown: 3 } as const;
type ServingStatus = (typeof servingStatus)[keyof typeof servingStatus];

/** Which services are up. The empty name stands for the server as a whole. */
export class HealthStates {
  readonly #states = new Map<string, ServingStatus>();
  readonly #watchers = new Set<() => void>();

  constructor(services: readonly string[] = []) {
    this.setServing("");
    for (const service of services) this.setServing(service);
  }

  setServing(service: string): void {
    this.#set(service, servingStatus.serving);
  }

  setNotServing(service: string): void {
    this.#set(service, servingStatus.notServing);
  }

  /** Before a shutdown: nothing is up any more. */
  setAllNotServing(): void {
    for (const service of this.#states.keys()) this.setNotServing(service);
  }

  get(service: string): number | undefined {
    return this.#states.get(service);
  }

  all(): Iterable<readonly [string, number]> {
    return this.#states;
  }

  /** Calls `listener` after every change, until the returned function is called. */
  watch(listener: () => void): () => void {
    this.#watchers.add(listener);
    return () => this.#watchers.delete(listener);
  }

  #set(service: string, status: ServingStatus): void {
    if (this.#states.get(service) === status) return;
    this.#states.set(service, status);
    for (const watcher of Array.from(this.#watchers)) watcher();
  }
}

/** grpc.health.v1: Check, List and Watch. */
export function healthRoutes(states: HealthStates): Array<[path: string, route: Route]> {
  return [
    [`/${healthServiceName}/Check`, { kind: "unary", handler: (request) => check(states, request) }],
    [`/${healthServiceName}/List`, { kind: "unary", handler: () => list(states) }],
    [`/${healthServiceName}/Watch`, { kind: "stream", open: (stream) => watch(states, stream) }],
  ];
}

function check(states: HealthStates, request: Uint8Array): Uint8Array {
  const status = states.get(requestedService(request));
  if (status === undefined) throw new GrpcError(statusCodes.notFound, "unknown service");
  return encodeNumber(1, status);
}

/** map<string, HealthCheckResponse> statuses = 1 */
function list(states: HealthStates): Uint8Array {
  const entries = [...states.all()].map(([service, status]) =>
    encodeBytes(1, Buffer.concat([encodeBytes(1, service), encodeBytes(2, encodeNumber(1, status))])),
  );
  return Buffer.concat(entries);
}

function watch(states: HealthStates, stream: ServerStream): { message(request: Uint8Array): void; end(): void } {
  let service: string | undefined;
  let sent: number | undefined;
  const report = (): void => {
    const status = states.get(service!) ?? servingStatus.serviceUnknown;
    if (status === sent) return;
    sent = status;
    stream.send(encodeNumber(1, status));
  };
  return {
    message(request) {
      if (service !== undefined) return;
      service = requestedService(request);
      stream.onCancel(states.watch(report));
      report();
    },
    end() {
      // The client half-closes behind its request and goes on listening.
      if (service === undefined) stream.finish(new GrpcError(statusCodes.internal, "the request has no message"));
    },
  };
}

function requestedService(request: Uint8Array): string {
  try {
    return stringField(decodeFields(request), 1);
  } catch (error) {
    throw new GrpcError(statusCodes.internal, `cannot read the request: ${(error as Error).message}`);
  }
}
