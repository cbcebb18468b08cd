import { operatorService, workflowService } from "../../../api/gen/services.js";
import type { Method, OperatorServiceHandlers, WorkflowServiceHandlers } from "../../../api/gen/services.js";
import { connectGrpc, GrpcError, statusCodes } from "../../../rpc/index.ts";
import type { GrpcClient } from "../../../rpc/index.ts";

type Key = keyof (WorkflowServiceHandlers & OperatorServiceHandlers);

const METHODS: ReadonlyMap<string, Method> = new Map(
  [...workflowService, ...operatorService].map((method) => [method.key, method]),
);

/** What a caller repeats: the server was away, or too busy. */
const TRANSIENT: ReadonlySet<number> = new Set([
  statusCodes.unavailable,
  statusCodes.deadlineExceeded,
  statusCodes.resourceExhausted,
  statusCodes.aborted,
]);

const CALL_TIMEOUT_MS = 10_000;

export function isTransient(error: unknown): boolean {
  return error instanceof GrpcError && TRANSIENT.has(error.code);
}

export function codeOf(error: unknown): number | undefined {
  return error instanceof GrpcError ? error.code : undefined;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Calls by their handler's name with plain objects, over one connection that is made anew whenever it breaks. */
export class Connection {
  readonly #client: GrpcClient;

  constructor(port: number) {
    this.#client = connectGrpc({ host: "127.0.0.1", port, connectTimeoutMs: 5_000 });
  }

  /** Rejects with GrpcError. */
  async call<T>(key: Key, request: object, timeoutMs = CALL_TIMEOUT_MS): Promise<T> {
    const method = METHODS.get(key) as Method;
    const bytes = await this.#client.unary(method.path, method.request.encode(request as never), { timeoutMs });
    return method.response.decode(Uint8Array.from(bytes)) as T; // Copied: the reply is kept, its buffer is not.
  }

  /** Repeats the call until it is answered for good; rejects when it is refused, or when `isStopped` says so. */
  async insist<T>(key: Key, request: object, isStopped: () => boolean = () => false): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.call<T>(key, request);
      } catch (error) {
        if (!isTransient(error) || isStopped()) throw error;
        await pause(Math.min(60, 5 * attempt));
      }
    }
  }

  close(): void {
    this.#client.close();
  }
}
