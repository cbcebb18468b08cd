import { CommandError } from "./command.ts";

/** Checks of one command's attributes: each throws with the command's failure cause and a text that names the field. */
export interface AttributeChecks {
  readonly command: string;
  readonly failedCause: number;
  readonly idBytesMax: number;
}

export function requireAttributes<T>(checks: AttributeChecks, attributes: T | undefined): T {
  if (attributes === undefined) throw bad(checks, `${checks.command}Attributes is not set on ${checks.command}.`);
  return attributes;
}

/** An id or name that must be there and be short enough. */
export function requireId(checks: AttributeChecks, field: string, value: string): void {
  if (value === "") throw bad(checks, `${field} is not set on ${checks.command}.`);
  limitId(checks, field, value);
}

export function limitId(checks: AttributeChecks, field: string, value: string): void {
  const length = Buffer.byteLength(value);
  if (length <= checks.idBytesMax) return;
  throw bad(
    checks,
    `${field} on ${checks.command} exceeds length limit. ${field}=${value} Length=${length} Limit=${checks.idBytesMax}`,
  );
}

export function bad(checks: AttributeChecks, message: string): CommandError {
  return new CommandError(checks.failedCause, message);
}
