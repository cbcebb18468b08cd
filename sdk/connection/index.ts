export { DEFAULT_PORT, LOCAL_TARGET, parseAddress } from "./address.ts";
export type { CallContext, Metadata } from "./call-context.ts";
export type { ApiKey } from "./call-headers.ts";
export { Connection } from "./connection.ts";
export type { ConnectionParts } from "./connection.ts";
export type {
  ConnectionOptions,
  ConnectionOptionsWithDefaults,
  ConnectionPlugin,
  PayloadLimitsConfig,
} from "./connection-options.ts";
export type { HealthServiceMethods } from "./health-facade.ts";
export type { InProcessTarget } from "./in-process-service.ts";
export { defaultGrpcRetryOptions, isRetryableError, makeGrpcRetryInterceptor } from "./retry.ts";
export type {
  BackoffOptions,
  ConnectionInterceptor,
  GrpcRetryOptions,
  InterceptedCall,
  StatusObject,
} from "./retry.ts";
export { CODE_NAMES, RpcError, statusDetailsOf } from "./rpc-error.ts";
export type { RpcMetadata } from "./rpc-error.ts";
export type { CallMetadata, CallOptions, Service } from "./service.ts";
export type { OperatorServiceMethods, TestServiceMethods, WorkflowServiceMethods } from "./service-facade.ts";
export type { TLSConfig, TLSConfigOption } from "./tls.ts";
