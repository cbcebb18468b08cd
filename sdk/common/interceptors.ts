import type { Payload } from "./payload.ts";
import type { AnyFunc, OmitLastParam } from "./type-helpers.ts";

/** The function that an interceptor calls to go on. */
export type Next<IF, FN extends keyof IF> = Required<IF>[FN] extends AnyFunc ? OmitLastParam<Required<IF>[FN]> : never;

/** Header name to payload. */
export type Headers = Record<string, Payload>;

/**
 * One function of all interceptors' methods of a name: the first is the outermost, `next` the innermost. Every
 * continuation passes through `wrapNext`, for callers that keep a context across it.
 */
export function composeInterceptorsWith<I, M extends keyof I>(
  interceptors: readonly I[],
  method: M,
  next: Next<I, M>,
  wrapNext: <F extends AnyFunc>(next: F) => F,
): Next<I, M> {
  let composed: AnyFunc = next;
  for (let at = interceptors.length - 1; at >= 0; at--) {
    const interceptor = interceptors[at] as I;
    const intercept = interceptor[method] as AnyFunc | undefined;
    if (intercept === undefined) continue;
    const inner = wrapNext(composed);
    composed = (...args: any[]) => intercept.call(interceptor, ...args, inner);
  }
  return composed as Next<I, M>;
}

/** {@link composeInterceptorsWith} whose continuations are as they are. */
export function composeInterceptors<I, M extends keyof I>(
  interceptors: readonly I[],
  method: M,
  next: Next<I, M>,
): Next<I, M> {
  return composeInterceptorsWith(interceptors, method, next, (inner) => inner);
}
