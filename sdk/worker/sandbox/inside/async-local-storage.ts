/** Node's class of this name, whose instance stays hidden: workflow code must not reach an object of the process. */
import { hostHooks } from "./host-hooks.ts";

export class AsyncLocalStorage<T> {
  readonly #handle: unknown = hostHooks().asyncStorage.create();

  run<R>(store: T, callback: (...args: unknown[]) => R, ...args: unknown[]): R {
    return hostHooks().asyncStorage.run(this.#handle, store, () => callback(...args)) as R;
  }

  getStore(): T | undefined {
    return hostHooks().asyncStorage.getStore(this.#handle) as T | undefined;
  }

  enterWith(store: T): void {
    hostHooks().asyncStorage.enterWith(this.#handle, store);
  }

  exit<R>(callback: (...args: unknown[]) => R, ...args: unknown[]): R {
    return hostHooks().asyncStorage.exit(this.#handle, () => callback(...args)) as R;
  }

  disable(): void {
    hostHooks().asyncStorage.disable(this.#handle);
  }
}
