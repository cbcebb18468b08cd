import type { Call } from "../../api/call.ts";
import { DecodeError } from "../../api/decode-error.ts";
import { Code } from "../../api/errors.ts";
import { testService } from "../../api/gen/services.js";
import type {
  Method,
  OperatorServiceHandlers,
  TestServiceHandlers,
  WorkflowServiceHandlers,
} from "../../api/gen/services.js";
import { GrpcError } from "../../rpc/index.ts";
import type { ServerCall, UnaryHandler } from "../../rpc/index.ts";
import { assert } from "../../base/index.ts";
import type { Log, Random } from "../../base/index.ts";
import { toGrpcError } from "./interceptors/errors.ts";
import { methodTable } from "./method-table.ts";

/** The handlers of both services; a method without one is UNIMPLEMENTED. */
export type Handlers = Partial<WorkflowServiceHandlers> & Partial<OperatorServiceHandlers>;

type AnyHandler = (request: unknown, call: Call) => Promise<unknown>;

/** Every method of both services by path: decodes, calls the handler, encodes, maps errors. */
export function grpcRoutes(handlers: Handlers, tools: { log: Log; random: Random }): ReadonlyMap<string, UnaryHandler> {
  const routes = new Map<string, UnaryHandler>();
  for (const { method, status } of methodTable) {
    if (status.kind === "unimplemented") {
      routes.set(method.path, refused(status.message));
      continue;
    }
    const handler = (handlers as Record<string, AnyHandler | undefined>)[method.key];
    assert(handler !== undefined, `${method.name} is served and has a handler`);
    routes.set(method.path, served(method, handler, tools));
  }
  return routes;
}

/** What a test server answers besides. */
export function testServiceRoutes(
  handlers: TestServiceHandlers,
  tools: { log: Log; random: Random },
): [path: string, handler: UnaryHandler][] {
  return testService.map((method) => [method.path, served(method, handlers[method.key] as AnyHandler, tools)]);
}

function refused(message: string): UnaryHandler {
  return () => {
    throw new GrpcError(Code.UNIMPLEMENTED, message);
  };
}

function served(method: Method, handler: AnyHandler, tools: { log: Log; random: Random }): UnaryHandler {
  const refuse = (error: unknown): never => {
    throw toGrpcError(error, { method: method.name, ...tools });
  };
  // Made once: a waiting call holds no closure of its own for them.
  const encode = (response: unknown): Uint8Array => method.response.encode(response as never);
  return (bytes, call) => {
    let request: unknown;
    try {
      request = method.request.decode(bytes);
    } catch (error) {
      if (error instanceof DecodeError)
        throw new GrpcError(Code.INTERNAL, `grpc: error unmarshalling request: ${error.message}`);
      throw error;
    }
    return handler(request, new GrpcCall(call)).then(encode, refuse);
  };
}

class GrpcCall implements Call {
  readonly #call: ServerCall;

  constructor(call: ServerCall) {
    this.#call = call;
  }

  metadata(name: string): string | undefined {
    return this.#call.metadata.get(name);
  }

  get deadline(): number | undefined {
    return this.#call.deadline;
  }

  get cancelled(): boolean {
    return this.#call.cancelled;
  }

  onCancel(listener: () => void): void {
    this.#call.onCancel(listener);
  }
}
