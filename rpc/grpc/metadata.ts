import { fieldKinds, type HeaderField } from "../hpack/header-field.ts";

/** The custom metadata of a call, read lazily from its header fields. Names are lower case. */
export interface Metadata {
  /** The first value of a text entry. */
  get(name: string): string | undefined;
  /** All values of a text entry. */
  getAll(name: string): string[];
  /** The decoded first value of an entry whose name ends in `-bin`. */
  getBinary(name: string): Uint8Array | undefined;
  /** Every entry in its order, binary ones still in base64. */
  entries(): IterableIterator<readonly [name: string, value: string]>;
}

/** Metadata over decoded header fields. Fields that belong to HTTP/2 or gRPC itself are not metadata. */
export class HeaderMetadata implements Metadata {
  readonly #fields: readonly HeaderField[];

  constructor(fields: readonly HeaderField[]) {
    this.#fields = fields;
  }

  get(name: string): string | undefined {
    for (const field of this.#fields) if (field.name === name && isMetadata(field)) return field.value;
    return undefined;
  }

  getAll(name: string): string[] {
    return this.#fields.filter((field) => field.name === name && isMetadata(field)).map((field) => field.value);
  }

  getBinary(name: string): Uint8Array | undefined {
    const value = this.get(name);
    // A peer may have joined several values with commas; the first is the first.
    return value === undefined ? undefined : Buffer.from(value.split(",", 1)[0]!, "base64");
  }

  *entries(): IterableIterator<readonly [name: string, value: string]> {
    for (const field of this.#fields) if (isMetadata(field)) yield [field.name, field.value];
  }
}

function isMetadata(field: HeaderField): boolean {
  return field.kind === fieldKinds.metadata || field.kind === fieldKinds.authority;
}
