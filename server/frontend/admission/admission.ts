import { encodeErrorStatus, resourceExhausted } from "../../../api/errors.ts";
import { ResourceExhaustedCause, ResourceExhaustedScope } from "../../../api/gen/enums.js";
import type { Clock } from "../../../base/index.ts";
import { GrpcError } from "../../../rpc/index.ts";
import { apiClassOf } from "./api-class.ts";
import type { ApiClass } from "./api-class.ts";
import type { Load } from "./load.ts";
import type { RateLimits } from "./rate-limits.ts";
import { mayWait } from "./waiting-calls.ts";
import type { WaitingCalls } from "./waiting-calls.ts";

export interface AdmissionParts {
  readonly clock: Clock;
  readonly load: Load;
  readonly rates: RateLimits;
  readonly waiting: WaitingCalls;
}

/** Which calls of one method get in. */
export class MethodAdmission {
  readonly #method: string;
  readonly #class: ApiClass;
  readonly #parts: AdmissionParts;
  readonly #leave: () => void;

  constructor(method: string, parts: AdmissionParts) {
    this.#method = method;
    this.#class = apiClassOf(method);
    this.#parts = parts;
    this.#leave = () => void parts.load.callsOpen--;
  }

  /** Before the request is read: refusing must cost next to nothing when there is too much of everything. */
  checkLoad(): void {
    if (this.#parts.load.refuses(this.#class)) throw OVERLOADED;
  }

  /** Refuses, or answers what is to be called when the call has ended. */
  enter(request: unknown): () => void {
    const { clock, load, rates, waiting } = this.#parts;
    const namespace = (request as { namespace?: string }).namespace ?? "";
    rates.check(clock.now(), { method: this.#method, apiClass: this.#class, namespace });
    if (mayWait(this.#method, request)) return waiting.enter(this.#method, namespace);
    load.callsOpen++;
    return this.#leave;
  }
}

/** Made once: many thousands a second may be given. */
const OVERLOADED = overloaded();

function overloaded(): GrpcError {
  const error = resourceExhausted({
    message: "the server is overloaded, try again later",
    cause: ResourceExhaustedCause.RESOURCE_EXHAUSTED_CAUSE_SYSTEM_OVERLOADED,
    scope: ResourceExhaustedScope.RESOURCE_EXHAUSTED_SCOPE_SYSTEM,
  });
  return new GrpcError(error.code, error.message, { details: encodeErrorStatus(error) });
}
