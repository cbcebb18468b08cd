import type { Metadata } from "./metadata.ts";

/** What a handler may know of its call beside the request. */
export interface ServerCall {
  /** "/package.Service/Method". */
  readonly path: string;
  readonly metadata: Metadata;
  /** When the client gives up, in milliseconds since the epoch by the server's clock. */
  readonly deadline: number | undefined;
  /** Address and port of the client. */
  readonly peer: string;
  /** The caller lives and dies with this process. */
  readonly isHere?: boolean;
  /** Nobody waits for the answer any more. */
  readonly cancelled: boolean;
  /**
   * Called once when the call ends without its answer: the client reset it, the connection was lost, the deadline
   * passed, or the server stopped. Called at once when that has already happened.
   */
  onCancel(listener: () => void): void;
  /** Metadata to send behind the answer. A name that ends in `-bin` takes base64. */
  setTrailer(name: string, value: string): void;
}

/**
 * Answers one request with one reply. May return synchronously. The request is a view of the connection's input: keep
 * copies of what you keep, since the view holds everything that arrived with it.
 */
export type UnaryHandler = (request: Uint8Array, call: ServerCall) => Uint8Array | Promise<Uint8Array>;

/** A call with any number of messages either way. Only health and reflection need it. */
export interface ServerStream extends ServerCall {
  send(message: Uint8Array): void;
  /** Ends the call with OK or with the error's status. */
  finish(error?: unknown): void;
}

export interface StreamReceiver {
  message(request: Uint8Array): void;
  /** The client will send nothing more. */
  end(): void;
}

export type StreamHandler = (stream: ServerStream) => StreamReceiver;

/** What answers a path. */
export type Route =
  | { readonly kind: "unary"; readonly handler: UnaryHandler }
  | { readonly kind: "stream"; readonly open: StreamHandler };
