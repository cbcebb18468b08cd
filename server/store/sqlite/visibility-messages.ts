/** What the engine and a visibility thread say to each other. */
import { CorruptionError, InvalidCursorError, StoreUnavailableError } from "../errors.ts";
import type { CountVisibility, ListVisibility } from "../store.ts";

export interface VisibilityThreadData {
  readonly databaseFile: string;
  readonly cacheKiB: number;
}

export type VisibilityQuestion =
  | { readonly kind: "list"; readonly list: ListVisibility }
  | { readonly kind: "count"; readonly count: CountVisibility };

export interface VisibilityRequest {
  readonly question: VisibilityQuestion;
  /** One number that becomes 1 when nobody waits any more. */
  readonly stop: SharedArrayBuffer;
  /** After so long the thread gives up, for a thread with more time. */
  readonly budgetMs: number | undefined;
}

export interface VisibilityError {
  readonly name: string;
  readonly message: string;
  /** The thing that is damaged. */
  readonly what: string | undefined;
  /** SQLite's. */
  readonly errcode: number | undefined;
}

export type VisibilityAnswer =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "late" }
  | { readonly kind: "stopped" }
  | { readonly kind: "thrown"; readonly error: VisibilityError };

export function toWire(error: unknown): VisibilityError {
  const { name, message, what, errcode } = error as Error & { what?: string; errcode?: number };
  return { name, message, what, errcode };
}

export function fromWire({ name, message, what, errcode }: VisibilityError): Error {
  if (name === "CorruptionError" && what !== undefined) {
    return new CorruptionError(what, message.slice(`${what} is damaged: `.length));
  }
  if (name === "InvalidCursorError") return new InvalidCursorError(message);
  if (name === "StoreUnavailableError") return new StoreUnavailableError(message);
  return Object.assign(new Error(message), { name }, errcode === undefined ? {} : { errcode });
}
