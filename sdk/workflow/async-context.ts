/** Values that follow the code through its awaits. Their mechanism is the host's: a sandbox has none of its own. */

export interface AsyncStorage<T> {
  run<R>(store: T, callback: (...args: any[]) => R, ...args: any[]): R;
  getStore(): T | undefined;
  enterWith(store: T): void;
  exit<R>(callback: (...args: any[]) => R, ...args: any[]): R;
  disable(): void;
}

export type AsyncStorageConstructor = new <T>() => AsyncStorage<T>;

function uninstalled(): never {
  throw new Error("Workflow code runs in a worker: AsyncLocalStorage is not installed here");
}

/** Node's class of this name; workflow code may make its own instances. */
export let AsyncLocalStorage: AsyncStorageConstructor = uninstalled as unknown as AsyncStorageConstructor;

const onInstall: (() => void)[] = [];
let installed = false;

/** Once per copy of this library; further calls change nothing. */
export function installAsyncLocalStorage(constructor: AsyncStorageConstructor): void {
  if (installed) return;
  installed = true;
  AsyncLocalStorage = constructor;
  for (const listener of onInstall) listener();
}

/** Runs `listener` when the class is there; at once when it is. */
export function whenInstalled(listener: () => void): void {
  if (installed) listener();
  else onInstall.push(listener);
}
