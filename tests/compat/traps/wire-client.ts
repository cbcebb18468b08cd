/** What an SDK has under it: `@grpc/grpc-js`, with the bytes and the trailers in plain sight. */
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import type { ServiceError } from "@grpc/grpc-js";
import { operatorService, workflowService } from "../../../api/gen/services.js";
import type { Method, OperatorServiceHandlers, WorkflowServiceHandlers } from "../../../api/gen/services.js";

type Key = keyof WorkflowServiceHandlers | keyof OperatorServiceHandlers;

const METHODS: ReadonlyMap<string, Method> = new Map(
  [...workflowService, ...operatorService].map((method) => [method.key, method]),
);
const DEADLINE_MS = 20_000;
const GZIP = 2;

export interface CallOptions {
  readonly deadlineMs?: number;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A call on its way. */
export interface Running<T> {
  readonly reply: Promise<T>;
  cancel(): void;
}

export interface Refusal {
  readonly code: number;
  readonly message: string;
  /** The trailer `grpc-status-details-bin`, when there is one. */
  readonly details: Buffer | undefined;
}

export class WireClient {
  readonly #client: Client;

  constructor(port: number, { gzip = false }: { readonly gzip?: boolean } = {}) {
    this.#client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
      "grpc.use_local_subchannel_pool": 1, // A connection of its own.
      ...(gzip ? { "grpc.default_compression_algorithm": GZIP } : {}),
    });
  }

  begin<T>(key: Key, request: object, { deadlineMs = DEADLINE_MS, metadata = {} }: CallOptions = {}): Running<T> {
    const method = METHODS.get(key) as Method;
    const fields = new Metadata();
    for (const [name, value] of Object.entries(metadata)) fields.set(name, value);
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const call = this.#client.makeUnaryRequest(
      method.path,
      (input: object) => Buffer.from(method.request.encode(input)),
      (bytes: Buffer) => method.response.decode(Uint8Array.from(bytes)) as T,
      request,
      fields,
      { deadline: Date.now() + deadlineMs },
      (error, reply) => (error === null ? resolve(reply as T) : reject(error)),
    );
    return { reply: promise, cancel: () => call.cancel() };
  }

  call<T>(key: Key, request: object, options?: CallOptions): Promise<T> {
    return this.begin<T>(key, request, options).reply;
  }

  /** The call must be refused. */
  async refusal(key: Key, request: object, options?: CallOptions): Promise<Refusal> {
    const error = await this.call(key, request, options).then(
      () => Promise.reject(new Error(`${key} was not refused`)),
      (reason: ServiceError) => reason,
    );
    const [details] = error.metadata.get("grpc-status-details-bin");
    return { code: error.code, message: error.details, details: details as Buffer | undefined };
  }

  close(): void {
    this.#client.close();
  }
}
