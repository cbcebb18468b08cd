/** Types that other types are made of, and the guards for values of unknown shape. */

/** Shorthand alias. */
export type AnyFunc = (...args: any[]) => any;
/** A tuple without its last element. */
export type OmitLast<T> = T extends [...infer REST, any] ? REST : never;
/** F with all arguments but the last. */
export type OmitLastParam<F extends AnyFunc> = (...args: OmitLast<Parameters<F>>) => ReturnType<F>;
/** A tuple without its first element. */
export type OmitFirst<T> = T extends [any, ...infer REST] ? REST : never;
/** F with all arguments but the first. */
export type OmitFirstParam<T> = T extends (...args: any[]) => any
  ? (...args: OmitFirst<Parameters<T>>) => ReturnType<T>
  : never;
/** All properties present and none null. */
export type NonNullableObject<T> = { [P in keyof T]-?: NonNullable<T[P]> };
/** At least one of the keys is there. */
export type RequireAtLeastOne<T, Keys extends keyof T = keyof T> = Pick<T, Exclude<keyof T, Keys>> &
  { [K in Keys]-?: Required<Pick<T, K>> & Partial<Pick<T, Exclude<Keys, K>>> }[Keys];
/** Base with the properties of New instead of its own. */
export type Replace<Base, New> = Omit<Base, keyof New> & New;

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** True for errors of any realm. */
export function isError(error: unknown): error is Error {
  return isRecord(error) && typeof error["name"] === "string" && typeof error["message"] === "string";
}

/** Get `error.message` (or `undefined` if not present). */
export function errorMessage(error: unknown): string | undefined {
  if (typeof error === "string") return error;
  return isError(error) || (isRecord(error) && typeof error["message"] === "string")
    ? (error.message as string)
    : undefined;
}

/** Get `error.code` (or `undefined` if not present). */
export function errorCode(error: unknown): string | undefined {
  return isRecord(error) && typeof error["code"] === "string" ? error["code"] : undefined;
}
