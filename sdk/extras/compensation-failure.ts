import { ApplicationFailure } from "../common/index.ts";
import { markErrorClass } from "../common/error-class.ts";

/** One thing that could not be undone. */
export interface CompensationError {
  /** As given to the saga; its place in the order of registration otherwise, from 1. */
  readonly compensation: string;
  readonly error: Error;
}

/**
 * Something that a saga should have undone still stands. Fails the workflow for good: a person has to look. Where it is
 * caught outside of the workflow it is an ApplicationFailure of type `CompensationFailure`, whose details say the same.
 */
export class CompensationFailure extends ApplicationFailure {
  readonly errors: readonly CompensationError[];

  /** @param cause why the saga was undone, when an error was the reason. */
  constructor(errors: readonly CompensationError[], cause?: Error) {
    const told = errors.map(({ compensation, error }) => `${compensation}: ${rootMessage(error)}`);
    const details = errors.map(({ compensation, error }) => ({ compensation, message: rootMessage(error) }));
    super(`Could not be undone: ${told.join("; ")}`, "CompensationFailure", true, details, cause);
    this.errors = errors;
  }
}
markErrorClass(CompensationFailure, "CompensationFailure");

function rootMessage(error: Error): string {
  return error.cause instanceof Error ? rootMessage(error.cause) : error.message;
}
