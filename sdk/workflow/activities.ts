/** Proxies whose methods are activities. */
import type { ActivityFunction, ActivityTypeInfoMap, UntypedActivities } from "../common/index.ts";
import type { ActivityOptions, LocalActivityOptions } from "./activity-options.ts";
import { scheduleActivity } from "./remote-activities.ts";
import { scheduleLocalActivity } from "./local-activities.ts";

/** In the type of a proxy, marks what is not an activity: calling it does not compile. */
export const NotAnActivityMethod: unique symbol = Symbol.for("__TEMPORAL_NOT_AN_ACTIVITY_METHOD");

/** The proxy of an interface: activities stay, everything else becomes `NotAnActivityMethod`. */
export type ActivityInterfaceFor<T> = {
  [K in keyof T]: T[K] extends ActivityFunction ? ActivityFunctionWithOptions<T[K]> : typeof NotAnActivityMethod;
};

/** @experimental */
export interface ActivityProxyOptions<A = UntypedActivities> extends ActivityOptions {
  /** How arguments and results are converted, by name of the activity. */
  activityTypeInfo?: ActivityTypeInfoMap<A>;
}

/** A proxied activity, which can also be called with options of one call. */
export type ActivityFunctionWithOptions<T extends ActivityFunction> = T & {
  /**
   * Calls the activity with options that go before those of the proxy.
   *
   * @experimental
   */
  executeWithOptions(options: ActivityOptions, args: Parameters<T>): Promise<Awaited<ReturnType<T>>>;
};

/** The functions that `proxyLocalActivities` makes of activities. */
export type LocalActivityInterfaceFor<T> = {
  [K in keyof T]: T[K] extends ActivityFunction ? LocalActivityFunctionWithOptions<T[K]> : typeof NotAnActivityMethod;
};

/** @experimental */
export interface LocalActivityProxyOptions<A = UntypedActivities> extends LocalActivityOptions {
  /** How arguments and results are converted, by name of the activity. */
  activityTypeInfo?: ActivityTypeInfoMap<A>;
}

/** A proxied local activity, which can also be called with options of one call. */
export type LocalActivityFunctionWithOptions<T extends ActivityFunction> = T & {
  /**
   * Calls the activity with options that go before those of the proxy.
   *
   * @experimental
   */
  executeWithOptions(options: LocalActivityOptions, args: Parameters<T>): Promise<Awaited<ReturnType<T>>>;
};

/**
 * Functions that run as activities, with these options. Import only the type of the activities.
 *
 * @example
 * ```ts
 * import type * as activities from "./activities.ts";
 * const { charge, ship } = proxyActivities<typeof activities>({ startToCloseTimeout: "1 minute" });
 * ```
 * @throws TypeError without a time-out for one attempt or for all
 */
export function proxyActivities<A = UntypedActivities>(options: ActivityProxyOptions<A>): ActivityInterfaceFor<A> {
  requireTimeouts("proxyActivities", options);
  const { activityTypeInfo, ...common } = options;
  return proxyOf(common, (name, args, activityOptions) =>
    scheduleActivity(name, args, activityOptions, (activityTypeInfo as ActivityTypeInfoMap<any> | undefined)?.[name]),
  ) as ActivityInterfaceFor<A>;
}

/**
 * As `proxyActivities`, for activities that run in the worker which runs the workflow: quick to start and without an
 * event until they end, they are for what takes less than a workflow task.
 *
 * @throws TypeError without a time-out for one attempt or for all
 */
export function proxyLocalActivities<A = UntypedActivities>(
  options: LocalActivityProxyOptions<A>,
): LocalActivityInterfaceFor<A> {
  requireTimeouts("proxyLocalActivities", options);
  const { activityTypeInfo, ...common } = options;
  return proxyOf(common, (name, args, activityOptions) =>
    scheduleLocalActivity(
      name,
      args,
      activityOptions,
      (activityTypeInfo as ActivityTypeInfoMap<any> | undefined)?.[name],
    ),
  ) as LocalActivityInterfaceFor<A>;
}

function requireTimeouts(functionName: string, options: ActivityOptions | LocalActivityOptions | undefined): void {
  if (options?.startToCloseTimeout !== undefined || options?.scheduleToCloseTimeout !== undefined) return;
  throw new TypeError(
    `${functionName} needs startToCloseTimeout (for one attempt) or scheduleToCloseTimeout (for all of them)`,
  );
}

type Call<O> = (name: string, args: any[], options: O) => Promise<unknown>;

function proxyOf<O extends object>(options: O, call: Call<O>): object {
  return new Proxy(
    {},
    {
      get(target: Record<string, unknown>, name) {
        if (typeof name !== "string") throw new TypeError(`Activities have names that are text, not ${String(name)}`);
        // Destructured or not, the same function each time.
        target[name] ??= activityFunction(name, options, call);
        return target[name];
      },
    },
  );
}

function activityFunction<O extends object>(name: string, options: O, call: Call<O>): unknown {
  function activity(...args: unknown[]): Promise<unknown> {
    return call(name, args, options);
  }
  activity.executeWithOptions = (overrides: O, args: unknown[]): Promise<unknown> =>
    call(name, args, { ...options, ...overrides });
  return activity;
}
