/** Chains of interceptors, without cost where there are none. */
import { composeInterceptorsWith, type Next } from "../common/interceptors.ts";
import type {
  WorkflowInboundCallsInterceptor,
  WorkflowInternalsInterceptor,
  WorkflowOutboundCallsInterceptor,
} from "./interceptors.ts";
import { keepRandomScope } from "./random-streams.ts";
import type { RunState } from "./state.ts";

export function outbound<M extends keyof WorkflowOutboundCallsInterceptor>(
  run: RunState,
  method: M,
  handler: Next<WorkflowOutboundCallsInterceptor, M>,
): Next<WorkflowOutboundCallsInterceptor, M> {
  const { outbound: interceptors } = run.interceptors;
  return interceptors.length === 0 ? handler : chain(interceptors, method, handler);
}

export function inbound<M extends keyof WorkflowInboundCallsInterceptor>(
  run: RunState,
  method: M,
  handler: Next<WorkflowInboundCallsInterceptor, M>,
): Next<WorkflowInboundCallsInterceptor, M> {
  const { inbound: interceptors } = run.interceptors;
  return interceptors.length === 0 ? handler : chain(interceptors, method, handler);
}

export function internals<M extends keyof WorkflowInternalsInterceptor>(
  run: RunState,
  method: M,
  handler: Next<WorkflowInternalsInterceptor, M>,
): Next<WorkflowInternalsInterceptor, M> {
  const { internals: interceptors } = run.interceptors;
  return interceptors.length === 0 ? handler : chain(interceptors, method, handler);
}

/** What comes after an interceptor does not see the random stream that the interceptor set for itself. */
function chain<I, M extends keyof I>(interceptors: I[], method: M, handler: Next<I, M>): Next<I, M> {
  return composeInterceptorsWith(interceptors, method, handler, keepRandomScope);
}
