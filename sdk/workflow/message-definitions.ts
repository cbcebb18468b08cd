/** How workflow code declares the messages it takes, and attaches code to them. */
import {
  HandlerUnfinishedPolicy,
  type QueryDefinition,
  type QueryDefinitionOptions,
  type SignalDefinition,
  type SignalDefinitionOptions,
  type UpdateDefinition,
  type UpdateDefinitionOptions,
} from "../common/index.ts";
import { requireRun } from "./current-run.ts";
import { dispatchBufferedSignals } from "./signals.ts";
import { dispatchBufferedUpdates } from "./updates.ts";

/** A function that fits a definition. */
export type Handler<
  Ret,
  Args extends any[],
  T extends UpdateDefinition<Ret, Args> | SignalDefinition<Args> | QueryDefinition<Ret, Args>,
> =
  T extends UpdateDefinition<infer R, infer A>
    ? (...args: A) => R | Promise<R>
    : T extends SignalDefinition<infer A>
      ? (...args: A) => void | Promise<void>
      : T extends QueryDefinition<infer R, infer A>
        ? (...args: A) => R
        : never;

/** For signals without a handler of their own. */
export type DefaultSignalHandler = (signalName: string, ...args: unknown[]) => void | Promise<void>;
/** For updates without a handler of their own. */
export type DefaultUpdateHandler = (updateName: string, ...args: unknown[]) => Promise<unknown> | unknown;
/** For queries without a handler of their own. */
export type DefaultQueryHandler = (queryName: string, ...args: unknown[]) => unknown;

/** Throws to reject an update before it is written to history. */
export type UpdateValidator<Args extends any[]> = (...args: Args) => void;

/** Options of a query's handler. */
export type QueryHandlerOptions = { description?: string };

/** Options of a signal's handler. */
export type SignalHandlerOptions = { description?: string; unfinishedPolicy?: HandlerUnfinishedPolicy };

/** Options of an update's handler. */
export type UpdateHandlerOptions<Args extends any[]> = {
  validator?: UpdateValidator<Args>;
  description?: string;
  unfinishedPolicy?: HandlerUnfinishedPolicy;
};

/** Declares an update; used with `setHandler` in the workflow and with a handle outside. */
export function defineUpdate<Ret, Args extends any[] = [], Name extends string = string>(
  name: Name,
  options?: UpdateDefinitionOptions,
): UpdateDefinition<Ret, Args, Name> {
  return { type: "update", name, ...withTypeInfo(options) } as UpdateDefinition<Ret, Args, Name>;
}

/** Declares a signal; used with `setHandler` in the workflow and with a handle outside. */
export function defineSignal<Args extends any[] = [], Name extends string = string>(
  name: Name,
  options?: SignalDefinitionOptions,
): SignalDefinition<Args, Name> {
  return { type: "signal", name, ...withTypeInfo(options) } as SignalDefinition<Args, Name>;
}

/** Declares a query; used with `setHandler` in the workflow and with a handle outside. */
export function defineQuery<Ret, Args extends any[] = [], Name extends string = string>(
  name: Name,
  options?: QueryDefinitionOptions,
): QueryDefinition<Ret, Args, Name> {
  return { type: "query", name, ...withTypeInfo(options) } as QueryDefinition<Ret, Args, Name>;
}

function withTypeInfo<T>(options: { typeInfo?: T } | undefined): { typeInfo?: T } {
  return options?.typeInfo === undefined ? {} : { typeInfo: options.typeInfo };
}

/**
 * Attaches code to a signal, a query or an update; `undefined` takes it away. Signals and updates that came before are
 * handled at once, in order.
 *
 * @example
 * ```ts
 * setHandler(approve, (by: string) => void approvals.push(by));
 * setHandler(status, () => approvals.length);
 * let title = "";
 * setHandler(rename, (name) => (title = name), { validator: assertValid });
 * ```
 */
export function setHandler<Ret, Args extends any[], T extends QueryDefinition<Ret, Args>>(
  def: T,
  handler: Handler<Ret, Args, T> | undefined,
  options?: QueryHandlerOptions,
): void;
export function setHandler<Ret, Args extends any[], T extends SignalDefinition<Args>>(
  def: T,
  handler: Handler<Ret, Args, T> | undefined,
  options?: SignalHandlerOptions,
): void;
export function setHandler<Ret, Args extends any[], T extends UpdateDefinition<Ret, Args>>(
  def: T,
  handler: Handler<Ret, Args, T> | undefined,
  options?: UpdateHandlerOptions<Args>,
): void;
export function setHandler(
  def: UpdateDefinition<any, any[]> | SignalDefinition<any[]> | QueryDefinition<any, any[]>,
  handler: ((...args: any[]) => any) | undefined,
  options?: QueryHandlerOptions | SignalHandlerOptions | UpdateHandlerOptions<any[]>,
): void {
  const run = requireRun("setHandler");
  if (handler !== undefined && typeof handler !== "function") {
    throw new TypeError(`A handler is a function or undefined, not ${typeof handler}`);
  }
  const { handlers } = run;
  const { name, typeInfo } = def;
  const description = options?.description;
  const unfinishedPolicy =
    (options as SignalHandlerOptions | undefined)?.unfinishedPolicy ?? HandlerUnfinishedPolicy.WARN_AND_ABANDON;
  switch (def.type) {
    case "update": {
      const { validator } = (options ?? {}) as UpdateHandlerOptions<any[]>;
      handlers.updates ??= new Map();
      if (handler === undefined) return void handlers.updates.delete(name);
      handlers.updates.set(name, { handler, validator, description, unfinishedPolicy, typeInfo });
      return dispatchBufferedUpdates(run);
    }
    case "signal":
      handlers.signals ??= new Map();
      if (handler === undefined) return void handlers.signals.delete(name);
      handlers.signals.set(name, { handler, description, unfinishedPolicy, typeInfo });
      return dispatchBufferedSignals(run);
    case "query":
      handlers.queries ??= new Map();
      if (handler === undefined) return void handlers.queries.delete(name);
      handlers.queries.set(name, { handler, description, typeInfo });
      return;
    default:
      throw new TypeError(`Not a definition of a signal, query or update: ${JSON.stringify(def)}`);
  }
}

/** For signals that have no handler, those that came before included; `undefined` takes it away. */
export function setDefaultSignalHandler(handler: DefaultSignalHandler | undefined): void {
  const run = requireRun("setDefaultSignalHandler");
  requireFunction("signal", handler);
  run.handlers.defaultSignal = handler;
  if (handler !== undefined) dispatchBufferedSignals(run);
}

/** For updates that have no handler, those that came before included; `undefined` takes it away. */
export function setDefaultUpdateHandler(handler: DefaultUpdateHandler | undefined): void {
  const run = requireRun("setDefaultUpdateHandler");
  requireFunction("update", handler);
  run.handlers.defaultUpdate = handler;
  if (handler !== undefined) dispatchBufferedUpdates(run);
}

/** For queries that have no handler; `undefined` takes it away. */
export function setDefaultQueryHandler(handler: DefaultQueryHandler | undefined): void {
  const run = requireRun("setDefaultQueryHandler");
  requireFunction("query", handler);
  run.handlers.defaultQuery = handler;
}

function requireFunction(kind: string, handler: unknown): void {
  if (handler === undefined || typeof handler === "function") return;
  throw new TypeError(`A default ${kind} handler is a function or undefined, not ${typeof handler}`);
}

/**
 * Whether no signal or update handler is under way. A workflow that ends or continues as new while one is cuts it off:
 *
 * @example
 * ```ts
 * await condition(allHandlersFinished);
 * ```
 */
export function allHandlersFinished(): boolean {
  return requireRun("allHandlersFinished").handlers.areFinished;
}
