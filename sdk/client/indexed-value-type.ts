/**
 * The types of search attributes as numbers, which calls of the operator's service take.
 *
 * ```ts
 * await connection.operatorService.addSearchAttributes({
 *   namespace: "default",
 *   searchAttributes: { Customer: IndexedValueType.KEYWORD },
 * });
 * ```
 */
export const IndexedValueType = {
  TEXT: 1,
  KEYWORD: 2,
  INT: 3,
  DOUBLE: 4,
  BOOL: 5,
  DATETIME: 6,
  KEYWORD_LIST: 7,
} as const;
