export type { AttributeRegistry, NamedField } from "./attribute-registry.ts";
export { systemAttributeTypes } from "./attribute-tables.ts";
export {
  addCustomAttributes,
  CustomAttributes,
  decodeCustomAttributes,
  encodeCustomAttributes,
  removeCustomAttributes,
  renameCustomAttributes,
} from "./custom-attributes.ts";
export type { AttributeField } from "./custom-attributes.ts";
export { parseDatetime } from "./datetime.ts";
export { GROUPS_MAX, InvalidQueryError, InvalidSearchAttributesError, tooManyGroups } from "./errors.ts";
export { EXECUTION_STATUS_NAMES } from "./execution-status.ts";
export { closedListFilter, openListFilter } from "./list-filters.ts";
export type { ClosedListing, OpenListing, TimeRange } from "./list-filters.ts";
export { parseQuery } from "./parse/index.ts";
export type { ComparisonOperator, Expression } from "./parse/index.ts";
export { resolveQuery } from "./resolve.ts";
export type { ResolvedQuery, ResolveOptions } from "./resolve.ts";
export {
  attributePayload,
  checkSearchAttributes,
  decodeAttributes,
  mergeSearchAttributes,
  renamedSearchAttributes,
  typedSearchAttributes,
  typedUpsert,
} from "./search-attributes.ts";
export type { SearchAttributesOwner } from "./search-attributes.ts";
