import { Context } from "../activity/index.ts";
import type { Info } from "../activity/index.ts";
import { ApplicationFailure } from "../common/index.ts";

/** One call of a mock. */
export interface MockedCall {
  readonly args: readonly unknown[];
  /** Of the execution that called, its attempt among others. */
  readonly info: Info;
}

// oxlint-disable-next-line no-explicit-any -- Activities of any signature.
type AnyFunction = (...args: any[]) => any;

/** Stand-ins that keep the types of what they stand for. */
export type MockFunctions<T> = {
  [Name in keyof T]?: T[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Result | Awaited<Result>
    : never;
};

/** Stand-ins for activities, and what they were called with. */
export interface ActivityMocks<T> {
  /** For `Worker.create({ activities })`. */
  readonly activities: Record<string, AnyFunction>;
  /** The calls of an activity so far, in order. */
  callsOf(name: keyof T & string): readonly MockedCall[];
}

/**
 * Activities of a worker in a test: the given functions under the names of the real ones. A workflow that calls
 * another one fails, with its name, instead of trying for ever.
 *
 * ```ts
 * const mocks = mockActivities<typeof activities>({ charge: () => "receipt-1" });
 * const worker = await Worker.create({ connection, taskQueue, workflowsPath, activities: mocks.activities });
 * // … and after a run:
 * expect(mocks.callsOf("charge").map(({ args }) => args)).toEqual([["order-1", 20]]);
 * ```
 */
export function mockActivities<T extends object = Record<string, AnyFunction>>(
  functions: MockFunctions<T>,
): ActivityMocks<T> {
  const calls = new Map<string, MockedCall[]>();
  const activities: Record<string, AnyFunction> = {
    default() {
      const { activityType } = Context.current().info;
      throw ApplicationFailure.nonRetryable(`activity ${activityType} has no mock`, "NotMocked");
    },
  };
  for (const [name, fn] of Object.entries(functions) as [string, AnyFunction][])
    activities[name] = recorded(fn, name, calls);
  return { activities, callsOf: (name) => calls.get(name) ?? [] };
}

/** The function, remembering what it is called with before it runs. */
export function recorded(fn: AnyFunction, name: string, calls: Map<string, MockedCall[]>): AnyFunction {
  return async (...args: unknown[]) => {
    const known = calls.get(name) ?? [];
    known.push({ args, info: Context.current().info });
    calls.set(name, known);
    return fn(...args);
  };
}
