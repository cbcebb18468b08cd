import type { ConnectionOptions as TlsOptions } from "node:tls";
import type { Method } from "../../api/gen/services.js";
import { connectGrpc, GrpcError, type GrpcClient } from "../../rpc/index.ts";
import { RpcError } from "./rpc-error.ts";
import type { CallOptions, Service } from "./service.ts";

export interface GrpcServiceOptions {
  readonly host: string;
  readonly port: number;
  /** undefined does not encrypt. */
  readonly tls?: TlsOptions | undefined;
  readonly connectTimeoutMs?: number;
  readonly keepAliveMs?: number | undefined;
  readonly keepAliveTimeoutMs?: number | undefined;
  /** Bytes of a reply. */
  readonly messageBytesMax?: number;
}

/** The service of a server elsewhere, over one HTTP/2 connection, opened with the first call and again when lost. */
export class GrpcService implements Service {
  readonly #client: GrpcClient;

  constructor(options: GrpcServiceOptions) {
    const set = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
    this.#client = connectGrpc({ ...(set as GrpcServiceOptions & { tls?: TlsOptions }), userAgent: "grpc-perdure" });
  }

  call<Res>(method: Method, request: unknown, options: CallOptions = {}): Promise<Res> {
    let bytes: Uint8Array;
    try {
      bytes = method.request.encode(request as never);
    } catch (error) {
      return Promise.reject(error as Error);
    }
    const { timeoutMs, signal, metadata } = options;
    return this.#client.unary(method.path, bytes, { timeoutMs, signal, metadata }).then(
      (reply) => method.response.decode(reply) as Res,
      (error: unknown) => {
        throw error instanceof GrpcError ? rpcErrorOf(error) : error;
      },
    );
  }

  close(): void {
    this.#client.close();
  }
}

/** As users of the SDK meet it. */
export function rpcErrorOf(error: GrpcError): RpcError {
  const { code, message, details, trailers, cause } = error;
  return new RpcError({ code, details: message, statusDetails: details, trailers, cause });
}
