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
import type { Admission } from "./admission/create-admission.ts";
import { methodTable } from "./method-table.ts";

/** The handlers of both services; a method without one is UNIMPLEMENTED. */
export type Handlers = Partial<WorkflowServiceHandlers> & Partial<OperatorServiceHandlers>;

type AnyHandler = (request: unknown, call: Call) => Promise<unknown>;

export interface RouteTools {
  readonly log: Log;
  readonly random: Random;
  /** Without it every call gets in. */
  readonly admission?: Admission;
}

/** Every method of both services by path: decodes, calls the handler, encodes, maps errors. */
export function grpcRoutes(handlers: Handlers, tools: RouteTools): ReadonlyMap<string, UnaryHandler> {
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

function served(method: Method, handler: AnyHandler, { log, random, admission }: RouteTools): UnaryHandler {
  const refuse = (error: unknown): never => {
    throw toGrpcError(error, { method: method.name, log, random });
  };
  const door = admission?.of(method.name);
  const encode = (response: unknown): Uint8Array => method.response.encode(response as never);
  return (bytes, call) => {
    door?.checkLoad();
    let request: unknown;
    try {
      request = method.request.decode(bytes);
    } catch (error) {
      if (error instanceof DecodeError)
        throw new GrpcError(Code.INTERNAL, `grpc: error unmarshalling request: ${error.message}`);
      throw error;
    }
    if (door === undefined) return handler(request, new GrpcCall(call)).then(encode, refuse);
    let leave: () => void;
    try {
      leave = door.enter(request);
    } catch (error) {
      return refuse(error);
    }
    const answered = (response: unknown): Uint8Array => {
      leave();
      return encode(response);
    };
    const failed = (error: unknown): never => {
      leave();
      return refuse(error);
    };
    return handler(request, new GrpcCall(call)).then(answered, failed);
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

  get isHere(): boolean | undefined {
    return this.#call.isHere;
  }

  get cancelled(): boolean {
    return this.#call.cancelled;
  }

  onCancel(listener: () => void): void {
    this.#call.onCancel(listener);
  }
}
