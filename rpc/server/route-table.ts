import { GrpcError } from "../grpc/grpc-error.ts";
import type { Route, UnaryHandler } from "../grpc/handler.ts";
import { statusCodes } from "../grpc/status-code.ts";
import { healthRoutes, healthServiceName } from "../services/health.ts";
import { reflectionRoutes, reflectionServiceNames } from "../services/reflection.ts";
import type { GrpcServerOptions } from "./server-options.ts";

/** Finds what answers a path: the application's handlers, health and reflection. */
export class RouteTable {
  readonly #application: (path: string) => UnaryHandler | undefined;
  readonly #builtIn = new Map<string, Route>();
  readonly #services: Set<string>;

  constructor(options: GrpcServerOptions) {
    this.#application = options.routes;
    this.#services = new Set(options.services);
    if (options.health !== undefined) {
      for (const [path, route] of healthRoutes(options.health)) this.#builtIn.set(path, route);
      this.#services.add(healthServiceName);
    }
    if (options.reflection !== undefined) {
      for (const [path, route] of reflectionRoutes(options.reflection, { hasHealth: options.health !== undefined }))
        this.#builtIn.set(path, route);
      for (const service of reflectionServiceNames) this.#services.add(service);
    }
  }

  find(path: string): Route | undefined {
    const handler = this.#application(path);
    return handler === undefined ? this.#builtIn.get(path) : { kind: "unary", handler };
  }

  /** Why there is nothing at the path, in the words that clients of grpc-go's servers know. */
  unknown(path: string): GrpcError {
    const slash = path.lastIndexOf("/");
    if (slash <= 0) return new GrpcError(statusCodes.unimplemented, `malformed method name: ${JSON.stringify(path)}`);
    const service = path.slice(1, slash);
    const method = path.slice(slash + 1);
    const message = this.#services.has(service)
      ? `unknown method ${method} for service ${service}`
      : `unknown service ${service}`;
    return new GrpcError(statusCodes.unimplemented, message);
  }
}
