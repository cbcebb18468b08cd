/** Interceptors of what a worker runs. */
import type { Context as ActivityContext } from "../activity/index.ts";
import type { ClientInterceptors } from "../client/index.ts";
import type { Headers, MetricTags, Next } from "../common/index.ts";

export type { Headers, Next } from "../common/index.ts";

/** Makes the interceptors of one activity execution; may return the same ones every time. */
export type ActivityInterceptorsFactory = (ctx: ActivityContext) => ActivityInterceptors;

/** The interceptors of one attempt of an activity. */
export interface ActivityInterceptors {
  inbound?: ActivityInboundCallsInterceptor;
  outbound?: ActivityOutboundCallsInterceptor;
}

/** Around the calls of activities. */
export interface ActivityInboundCallsInterceptor {
  /** Around the activity function; returns its result. */
  execute?: (input: ActivityExecuteInput, next: Next<ActivityInboundCallsInterceptor, "execute">) => Promise<unknown>;
}

/** What `execute` of an interceptor gets. */
export interface ActivityExecuteInput {
  readonly args: unknown[];
  readonly headers: Headers;
}

/** Around what activities ask of their worker: attributes of logs, tags of metrics. */
export interface ActivityOutboundCallsInterceptor {
  /** Attributes of every log line of the activity. */
  getLogAttributes?: (
    input: GetLogAttributesInput,
    next: Next<ActivityOutboundCallsInterceptor, "getLogAttributes">,
  ) => Record<string, unknown>;
  /** Tags of every metric of the activity. */
  getMetricTags?: (
    input: GetMetricTagsInput,
    next: Next<ActivityOutboundCallsInterceptor, "getMetricTags">,
  ) => MetricTags;
}

/** Attributes that lines of the log have already. */
export type GetLogAttributesInput = Record<string, unknown>;
/** Tags that metrics have already. */
export type GetMetricTagsInput = MetricTags;

/** @deprecated Use `ActivityInterceptorsFactory`. */
export type ActivityInboundCallsInterceptorFactory = (ctx: ActivityContext) => ActivityInboundCallsInterceptor;

/** All interceptors of a worker. */
export interface WorkerInterceptors {
  /** Of the client that activities get. */
  client?: ClientInterceptors;
  activity?: ActivityInterceptorsFactory[];
  /** @deprecated Use `activity`. */
  activityInbound?: ActivityInboundCallsInterceptorFactory[];
  /** Modules that export a function `interceptors`; they run with the workflow's code. */
  workflowModules?: string[];
}

/** The chain of interceptors around `last`, the first outermost. */
export function composed<Input, Output>(
  interceptors: readonly ((input: Input, next: (input: Input) => Output) => Output)[],
  last: (input: Input) => Output,
): (input: Input) => Output {
  let next = last;
  for (let i = interceptors.length - 1; i >= 0; i--) {
    const inner = next;
    const interceptor = interceptors[i] as (input: Input, next: (input: Input) => Output) => Output;
    next = (input) => interceptor(input, inner);
  }
  return next;
}
