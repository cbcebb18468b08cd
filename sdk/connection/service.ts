import type { Method } from "../../api/gen/services.js";

/** Names in lower case; a name that ends in `-bin` takes bytes. An object once used is not changed. */
export type CallMetadata = Readonly<Record<string, string | Uint8Array>>;

/** Options of one call to a server. */
export interface CallOptions {
  /** The call rejects with DEADLINE_EXCEEDED after this time, and the server is told of it. */
  readonly timeoutMs?: number | undefined;
  /** The call rejects with CANCELLED, and the server is told of it. */
  readonly signal?: AbortSignal | undefined;
  readonly metadata?: CallMetadata | undefined;
}

/** The service as calls, wherever it is. Rejects with `RpcError`. */
export interface Service {
  call<Res>(method: Method, request: unknown, options?: CallOptions): Promise<Res>;
  /** Whether a workflow task may be acted upon; absent where tasks are durable before anyone has them. */
  isCurrentTask?(taskToken: Uint8Array): Promise<boolean>;
  /** Open calls reject with CANCELLED, and so do later ones. */
  close(): void;
}
