export type { Frontend } from "./frontend.ts";
export { Admission } from "./admission/create-admission.ts";
export { grpcRoutes, testServiceRoutes } from "./grpc-routes.ts";
export type { Handlers } from "./grpc-routes.ts";
export { createHandlers } from "./handlers/all-handlers.ts";
export { NamespaceRegistry } from "./namespaces/namespace-registry.ts";
export { QueueConfigs } from "./task-queues/queue-configs.ts";
export { WorkerRegistry } from "./workers/worker-registry.ts";
