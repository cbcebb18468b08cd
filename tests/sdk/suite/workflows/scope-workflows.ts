import { CancellationScope, condition, isCancellation, sleep, Trigger } from "../../../../sdk/workflow/index.ts";
import { ApplicationFailure, CancelledFailure } from "../../../../sdk/common/index.ts";
import { remote } from "./proxies.ts";

const outcome = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    (value) => `resolved ${String(value)}`,
    (error: unknown) => (isCancellation(error) ? "cancelled" : `failed ${(error as Error).message}`),
  );

/** Each is a program of scopes, with what it comes to. */
export const scopePrograms: Readonly<Record<string, () => Promise<unknown>>> = {
  "a cancelled scope cancels what runs in it": async () => {
    const scope = new CancellationScope();
    const inner = outcome(scope.run(() => sleep("1 day")));
    scope.cancel();
    return inner;
  },
  "cancelling a scope cancels the scopes in it": async () => {
    const outer = new CancellationScope();
    const inner = outcome(outer.run(() => CancellationScope.cancellable(() => sleep("1 day"))));
    outer.cancel();
    return inner;
  },
  "cancelling an inner scope leaves the outer one alone": async () => {
    const inner = new CancellationScope();
    return CancellationScope.cancellable(async () => {
      const result = outcome(inner.run(() => sleep("1 day")));
      inner.cancel();
      return [await result, await outcome(sleep(1))];
    });
  },
  "nonCancellable shields from the scope around it": async () => {
    const outer = new CancellationScope();
    const result = outcome(outer.run(() => CancellationScope.nonCancellable(() => sleep(5).then(() => "done"))));
    outer.cancel();
    return result;
  },
  "a shielded scope is never considered cancelled": async () => {
    const outer = new CancellationScope();
    const result = outer.run(() =>
      CancellationScope.nonCancellable(async () => {
        const before = CancellationScope.current().consideredCancelled;
        outer.cancel();
        await sleep(1);
        return [before, CancellationScope.current().consideredCancelled, outer.consideredCancelled];
      }),
    );
    return result;
  },
  "withTimeout cancels what takes too long": () => outcome(CancellationScope.withTimeout(5, () => sleep("1 day"))),
  "withTimeout gives the result of what is quick": () =>
    outcome(CancellationScope.withTimeout("1 day", () => sleep(1).then(() => "quick"))),
  "withTimeout shields nothing from the scope around it": async () => {
    const outer = new CancellationScope();
    const result = outcome(outer.run(() => CancellationScope.withTimeout("1 day", () => sleep("1 day"))));
    outer.cancel();
    return result;
  },
  "cancelRequested rejects when the scope is cancelled": async () => {
    const scope = new CancellationScope();
    const result = outcome(scope.run(() => CancellationScope.current().cancelRequested));
    scope.cancel();
    return result;
  },
  "a scope that is cancelled twice is cancelled once": async () => {
    const scope = new CancellationScope();
    let times = 0;
    const result = outcome(scope.run(() => CancellationScope.current().cancelRequested.finally(() => times++)));
    scope.cancel();
    scope.cancel();
    return [await result, times];
  },
  "cancelling from within": async () =>
    outcome(
      CancellationScope.cancellable(async () => {
        CancellationScope.current().cancel();
        await sleep("1 day");
      }),
    ),
  "an error in a scope does not cancel it": async () => {
    const scope = new CancellationScope();
    const result = await outcome(
      scope.run(async () => {
        throw ApplicationFailure.nonRetryable("broken");
      }),
    );
    return [result, scope.consideredCancelled];
  },
  "current() is the scope in which code runs, also after an await": async () => {
    const scope = new CancellationScope();
    return scope.run(async () => {
      const before = CancellationScope.current() === scope;
      await sleep(1);
      return [before, CancellationScope.current() === scope];
    });
  },
  "after a scope the one around it is current": async () => {
    const around = CancellationScope.current();
    await CancellationScope.cancellable(() => sleep(1));
    return CancellationScope.current() === around;
  },
  "a promise made in another scope is not cancelled": async () => {
    const scope = new CancellationScope();
    const timer = sleep(20).then(() => "fired");
    const result = outcome(scope.run(() => timer));
    scope.cancel();
    return result;
  },
  "all of Promise.all in a scope are cancelled": async () => {
    const scope = new CancellationScope();
    const ended: string[] = [];
    const result = scope.run(() =>
      Promise.all([1, 2, 3].map(async (each) => outcome(sleep("1 day")).then((how) => ended.push(`${each} ${how}`)))),
    );
    scope.cancel();
    await result;
    return ended;
  },
  "a trigger in a cancelled scope": async () => {
    const scope = new CancellationScope();
    const result = outcome(
      scope.run(async () => {
        const trigger = new Trigger<string>();
        await Promise.race([trigger, CancellationScope.current().cancelRequested]);
      }),
    );
    scope.cancel();
    return result;
  },
  "a trigger resolves": async () => {
    const trigger = new Trigger<string>();
    const result = outcome(trigger as unknown as Promise<string>);
    trigger.resolve("pulled");
    return result;
  },
  "an activity in a scope with a time-out": () =>
    outcome(
      CancellationScope.withTimeout(50, () =>
        remote({ heartbeatTimeout: 4_000, cancellationType: "TRY_CANCEL" }).untilCancelled(),
      ),
    ),
  "a condition in a scope with a time-out": () =>
    outcome(CancellationScope.withTimeout(5, () => condition(() => false))),
  "cancelled failures are cancellations, others are not": async () => [
    isCancellation(new CancelledFailure("x")),
    isCancellation(new Error("x")),
    isCancellation(ApplicationFailure.create({ message: "x", cause: new CancelledFailure("y") })),
    isCancellation(undefined),
  ],
  "work begun in a scope that is cancelled later begins no more": async () => {
    const scope = new CancellationScope();
    const result = outcome(
      scope.run(async () => {
        await CancellationScope.nonCancellable(() => sleep(5));
        await sleep(1);
        return "went on";
      }),
    );
    scope.cancel();
    return result;
  },
  "clean up in a shielded scope after cancellation": async () => {
    const scope = new CancellationScope();
    const result = scope.run(async () => {
      try {
        await sleep("1 day");
        return "slept";
      } catch {
        return CancellationScope.nonCancellable(() => remote().echo("cleaned"));
      }
    });
    scope.cancel();
    return result;
  },
};

export async function runsScopes(name: string): Promise<unknown> {
  return scopePrograms[name]?.();
}

export async function swallowsCancellation(): Promise<string> {
  await outcome(sleep("1 day"));
  return "went on";
}

export async function rootScopeCancels(): Promise<boolean[]> {
  const before = CancellationScope.current().consideredCancelled;
  await outcome(sleep("1 day"));
  return [before, CancellationScope.current().consideredCancelled];
}

export async function throwsOwnCancellation(): Promise<never> {
  throw new CancelledFailure("of my own");
}
