/**
 * `connection.workflowService.startWorkflowExecution(request)`: a service's methods as functions. The messages of the
 * API are many: they are loaded with the first call.
 */
import type { Codec, Input } from "../../api/codec.ts";
import type {
  Method,
  OperatorServiceHandlers,
  TestServiceHandlers,
  WorkflowServiceHandlers,
} from "../../api/gen/services.js";
import type * as messages from "../../api/gen/messages.js";
import type * as services from "../../api/gen/services.js";
import type { CallOptions, Service } from "./service.ts";

type Messages = typeof messages;
/** Responses are named after their methods; the exceptions are in the test service. */
type ResponseName<K extends string> = K extends "sleepUntil" | "unlockTimeSkippingWithSleep"
  ? "SleepResponse"
  : `${Capitalize<K>}Response`;
type ResponseOf<K extends string> =
  ResponseName<K> extends keyof Messages ? (Messages[ResponseName<K>] extends Codec<infer T> ? T : never) : never;

type Methods<Handlers> = {
  [K in keyof Handlers & string]: Handlers[K] extends (request: infer Req, ...rest: never[]) => unknown
    ? (request: Input<Req>, options?: CallOptions) => Promise<ResponseOf<K>>
    : never;
};

/** The methods of the workflow service. */
export type WorkflowServiceMethods = Methods<WorkflowServiceHandlers>;
/** The methods of the operator's service. */
export type OperatorServiceMethods = Methods<OperatorServiceHandlers>;
/** The methods of the service of test servers. */
export type TestServiceMethods = Methods<TestServiceHandlers>;

type Services = typeof services;
export type ServiceName = "workflowService" | "operatorService" | "testService";

let loaded: Services | undefined;

/** The methods of all services; at once when they are loaded already. */
export function loadServices(): Services | Promise<Services> {
  if (loaded !== undefined) return loaded;
  return import("../../api/gen/services.js").then((module) => (loaded = module));
}

/** One method of a service. */
export function methodOf(all: Services, name: ServiceName, key: string): Method {
  const methods: readonly Method[] = all[name];
  const method = methods.find((candidate) => candidate.key === key);
  if (method === undefined) throw new TypeError(`${name} has no method ${key}`);
  return method;
}

type AnyMethod = (request: unknown, options?: CallOptions) => Promise<unknown>;

/** An object whose every property is a method of the service. */
export function serviceFacade<T extends object>(service: Service, name: ServiceName): T {
  const functions = new Map<string, AnyMethod>();
  return new Proxy({} as T, {
    get(_target, key) {
      // Not a promise, and nothing that printing looks for.
      if (typeof key !== "string" || key === "then" || key === "toJSON" || key === "constructor") return undefined;
      let fn = functions.get(key);
      if (fn === undefined) functions.set(key, (fn = methodFunction(service, name, key)));
      return fn;
    },
  });
}

function methodFunction(service: Service, name: ServiceName, key: string): AnyMethod {
  let method: Method | undefined;
  const firstCall: AnyMethod = async (request, options) => {
    method = methodOf(await loadServices(), name, key);
    return service.call(method, request, options);
  };
  // Calls are many: each wrapped in one more promise would cost it a microsecond.
  return (request, options) =>
    method === undefined ? firstCall(request, options) : service.call(method, request, options);
}
