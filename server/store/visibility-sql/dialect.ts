/** Where databases differ. Everything else of the SQL is common to them. */
import type { Scalar, SystemColumn, VisibilityField } from "../visibility.ts";
import type { Parameter } from "./statement.ts";

/** Indexes of `visibility` whose order, after the columns in front of it, is that of lists. */
export type OrderedIndex = "visibility_order" | "visibility_status" | "visibility_type";

export interface VisibilityDialect {
  /** A value as it is bound for a comparison with the field, a run id as its 16 bytes. */
  bindable(value: Scalar | Uint8Array, field: VisibilityField): Parameter;
  /** The name of an attribute as it is bound. */
  attributeName(name: string): Parameter;
  /** An expression whose result, unlike that of a column of the field, `read` understands. */
  readable(expression: string, field: VisibilityField): string;
  /** What a readable expression gave. */
  read(value: unknown, field: VisibilityField): Scalar | undefined;
  /** The table `visibility v`, read by the index if one is given and the database must be told. */
  from(index: OrderedIndex | undefined): string;
  /** That `v.key` is among the keys of a SELECT, which is short: it drives the statement. */
  keyAmong(select: string): string;
  /**
   * An EXISTS that is asked for each row that is walked, if the database must be told: the walk ends soon, a join would
   * not.
   */
  readonly existsBeside: ((from: string) => string) | undefined;
  /** A column of a statement that is driven by keys: no index of the column shall be considered. */
  withoutIndex(column: string): string;
  /** Columns that have an index of their own, besides the workflow id's; keys of others are not to be looked for. */
  readonly indexed: ReadonlySet<SystemColumn>;
  /** The lot of a row, if indexes of attributes' values and of durations begin with it (key-source.ts). */
  readonly lotOf: ((row: string) => string) | undefined;
  /** Whether seeks cost microseconds, and the rows of a whole table are counted page by page, as in SQLite. */
  readonly isEmbedded: boolean;
  /** A condition that is true, but ends the statement with an error when its caller has gone; undefined if not needed. */
  goesOn(key: string): string | undefined;
}
