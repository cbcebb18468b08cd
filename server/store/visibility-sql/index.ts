export { countExchange } from "./count.ts";
export type { OrderedIndex, VisibilityDialect } from "./dialect.ts";
export { listExchange } from "./list.ts";
export type { ListedPage } from "./list.ts";
export { scopeNumber } from "./scope.ts";
export { converse } from "./statement.ts";
export type { Exchange, Parameter, Row, Statement } from "./statement.ts";
