const HOST_FUNCTION = Symbol("host function");

/** The functions of `T`, to be given to `step`. */
export type HostFunctions<T> = {
  readonly [K in keyof T as T[K] extends (...args: any[]) => unknown ? K : never]: T[K];
};

/**
 * Stands in workflow code for functions of the process around it, those of the worker's option `steps`. They are given
 * to `step`, not called. Import only the type of their module.
 *
 * @example
 * ```ts
 * import type * as host from "./host.ts";
 * const { fetchRate } = hostFunctions<typeof host>();
 * const rate = await step("read the rate", fetchRate, { args: ["EUR"] });
 * ```
 */
export function hostFunctions<T>(): HostFunctions<T> {
  return new Proxy(
    {},
    { get: (_, name) => (typeof name === "string" ? hostFunction(name) : undefined) },
  ) as HostFunctions<T>;
}

function hostFunction(name: string): (...args: unknown[]) => unknown {
  const standIn = (): never => {
    throw new TypeError(
      `${name} is a function of the process around the workflow: call it by step(${JSON.stringify(name)}, ${name}, { args })`,
    );
  };
  return Object.defineProperty(standIn, HOST_FUNCTION, { value: name });
}

/** undefined for any other function. */
export function hostFunctionName(fn: object): string | undefined {
  return (fn as { [HOST_FUNCTION]?: string })[HOST_FUNCTION];
}
