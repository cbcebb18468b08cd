import { ApplicationFailure } from "../../common/index.ts";
import type { SchemaIssue, SchemaResult, StandardSchema } from "./standard-schema.ts";

/** `type` of the failure that tells of a value which does not fit its schema; its details are the issues. */
export const SCHEMA_FAILURE = "SchemaValidationFailure";

/** The value as the schema gives it back. `what` names it in the message: "Input of signal approve". */
export async function validate<O>(schema: StandardSchema<any, O>, value: unknown, what: string): Promise<O> {
  return valueOf(await schema["~standard"].validate(value), what);
}

/** For places that cannot wait. Throws TypeError for a schema that validates asynchronously. */
export function validateNow<O>(schema: StandardSchema<any, O>, value: unknown, what: string): O {
  const result = schema["~standard"].validate(value);
  if (result instanceof Promise) {
    result.catch(() => undefined);
    throw new TypeError(`${what} has a schema that validates asynchronously, which messages cannot wait for`);
  }
  return valueOf(result, what);
}

function valueOf<O>(result: SchemaResult<O>, what: string): O {
  if (result.issues === undefined) return result.value;
  const issues = result.issues.map(({ message, path = [] }) => ({ path: pathText(path), message }));
  const told = issues.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  throw ApplicationFailure.create({
    message: `${what} does not fit its schema: ${told.join("; ")}`,
    type: SCHEMA_FAILURE,
    nonRetryable: true,
    details: issues,
  });
}

/** `items[0].sku` */
function pathText(path: NonNullable<SchemaIssue["path"]>): string {
  return path
    .map((part) => (typeof part === "object" ? part.key : part))
    .map((key, at) => (typeof key === "number" ? `[${key}]` : `${at === 0 ? "" : "."}${String(key)}`))
    .join("");
}
