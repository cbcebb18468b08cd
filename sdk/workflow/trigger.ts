import { CancellationScope } from "./cancellation-scope.ts";

/**
 * A promise that its owner resolves or rejects, for instance in a signal handler. It rejects with the scope in which it
 * was made.
 *
 * @example
 * ```ts
 * const approved = new Trigger<boolean>();
 * setHandler(approveSignal, (yes) => approved.resolve(yes));
 * if (await approved) await ship();
 * ```
 */
export class Trigger<T> implements PromiseLike<T> {
  readonly resolve: (value: T | PromiseLike<T>) => void;
  readonly reject: (reason?: any) => void;
  protected readonly promise: Promise<T>;

  constructor() {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const unlink = CancellationScope.current().link(reject, reject);
    const free = unlink === "cancelled" ? () => undefined : unlink;
    this.promise = promise;
    this.resolve = (value) => {
      free();
      resolve(value);
    };
    this.reject = (reason) => {
      free();
      reject(reason);
    };
    // A trigger may be rejected before anyone waits for it.
    promise.catch(() => undefined);
  }

  // oxlint-disable-next-line unicorn/no-thenable -- a trigger is awaited like a promise
  then<TResult1 = T, TResult2 = never>(
    onfulfilled?: ((value: T) => TResult1 | PromiseLike<TResult1>) | undefined | null,
    onrejected?: ((reason: any) => TResult2 | PromiseLike<TResult2>) | undefined | null,
  ): PromiseLike<TResult1 | TResult2> {
    return this.promise.then(onfulfilled, onrejected);
  }
}
