import type { HeaderField } from "./header-field.ts";

/**
 * A decoded block. Equal blocks may be the same object, so whoever derives something from the fields (the head of a
 * request, say) keeps it in `derived` and pays for it once.
 */
export class HeaderBlock {
  readonly fields: readonly HeaderField[];
  /** The fields exceeded the list limit; those behind it were decoded for the table's sake and dropped. */
  readonly isTooLarge: boolean;
  derived: unknown = undefined;

  constructor(fields: readonly HeaderField[], isTooLarge: boolean) {
    this.fields = fields;
    this.isTooLarge = isTooLarge;
  }
}
