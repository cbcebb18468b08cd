/**
 * Error classes whose `instanceof` works across realms and across two copies of the library: workflow code runs in a
 * context of its own, where every class exists again. A class is known by a symbol on its prototype.
 */

interface ErrorClass {
  new (...args: any[]): Error;
  readonly prototype: Error;
}

/**
 * Gives `errorClass` its name and an `instanceof` that knows instances of the class of the same name in other realms.
 * Subclasses that are not marked themselves keep the ordinary `instanceof`.
 */
export function markErrorClass(errorClass: ErrorClass, name: string): void {
  const marker = Symbol.for(`__temporal_is${name}`);
  Object.defineProperty(errorClass.prototype, "name", { value: name, enumerable: true, writable: true });
  Object.defineProperty(errorClass.prototype, marker, { value: true });
  Object.defineProperty(errorClass, Symbol.hasInstance, {
    value(this: ErrorClass, value: unknown): boolean {
      if (this === errorClass) return typeof value === "object" && value !== null && Reflect.has(value, marker);
      return typeof value === "object" && value !== null && this.prototype.isPrototypeOf(value);
    },
  });
}
