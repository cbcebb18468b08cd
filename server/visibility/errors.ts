/** What a caller can get wrong in visibility requests. The frontend answers each with INVALID_ARGUMENT and the message. */

export class InvalidQueryError extends Error {
  override name = "InvalidQueryError";
}

export class InvalidSearchAttributesError extends Error {
  override name = "InvalidSearchAttributesError";
}

/** The query is not of the grammar. */
export function malformedQuery(reason: string): InvalidQueryError {
  return new InvalidQueryError(`invalid query: malformed SQL query: ${reason}`);
}

/** The query is of the grammar, but an expression in it makes no sense. */
export function invalidExpression(reason: string): InvalidQueryError {
  return new InvalidQueryError(`invalid query: invalid expression: ${reason}`);
}

/** The query makes sense, but visibility does not offer it. */
export function notSupported(reason: string): InvalidQueryError {
  return new InvalidQueryError(`invalid query: operation is not supported: ${reason}`);
}

export function unknownAttribute(name: string): InvalidQueryError {
  return new InvalidQueryError(`invalid query: invalid search attribute: ${name}`);
}

/** How many groups a count may have. */
export const GROUPS_MAX = 1_000;

export function tooManyGroups(name: string): InvalidQueryError {
  return notSupported(`'GROUP BY' clause finds more than ${GROUPS_MAX} values of search attribute ${name}`);
}
