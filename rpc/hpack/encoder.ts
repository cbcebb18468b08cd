import { DynamicTable } from "./dynamic-table.ts";
import { headerField } from "./header-field.ts";
import { huffmanEncode, huffmanEncodedBytes } from "./huffman.ts";
import { staticEntryCount, staticIndexByField, staticIndexByName } from "./static-table.ts";

/**
 * How a field is sent. `indexed` enters the peer's table and costs one byte from the second time on; `literal` leaves
 * the table alone, for values that will not come again (deadlines, messages).
 */
export type Indexing = "indexed" | "literal";

export interface OutgoingField {
  readonly name: string;
  readonly value: string;
  readonly indexing: Indexing;
}

/** What an encoder writes to: the caller grows it. */
export interface ByteSink {
  buffer: Buffer;
  length: number;
  reserve(bytes: number): void;
}

/**
 * HPACK encoder of one connection. The table is ours to use up to what both sides allow; `version` changes whenever
 * indices move, so that callers may keep encoded blocks that consist of indices only.
 */
export class HpackEncoder {
  version = 0;
  readonly #table: DynamicTable;
  readonly #tableBytesWanted: number;
  readonly #numberByField = new Map<string, number>();
  /** Smallest and last size to be announced at the start of the next block (RFC 7541 §4.2). */
  #resizeLeast: number | undefined;
  #resizeTo: number | undefined;

  constructor(options: { tableBytesMax: number }) {
    this.#tableBytesWanted = options.tableBytesMax;
    this.#table = new DynamicTable(Math.min(options.tableBytesMax, 4096));
    this.#table.onEvict = (field, number) => {
      const key = `${field.name}\0${field.value}`;
      if (this.#numberByField.get(key) === number) this.#numberByField.delete(key);
      this.version++;
    };
  }

  /** The peer's SETTINGS_HEADER_TABLE_SIZE. */
  limitTable(peerBytesMax: number): void {
    const bytesMax = Math.min(peerBytesMax, this.#tableBytesWanted);
    if (bytesMax === this.#table.bytesMax && this.#resizeTo === undefined) return;
    this.#table.resize(bytesMax);
    this.#resizeLeast = Math.min(this.#resizeLeast ?? bytesMax, bytesMax);
    this.#resizeTo = bytesMax;
    this.version++;
  }

  /** Whether a block has to begin with a size update, which no kept block does. */
  get isResizePending(): boolean {
    return this.#resizeTo !== undefined;
  }

  begin(sink: ByteSink): void {
    if (this.#resizeTo === undefined) return;
    sink.reserve(12);
    if (this.#resizeLeast! < this.#resizeTo) {
      writeInteger(sink, { prefixBits: 5, pattern: 0x20, value: this.#resizeLeast! });
    }
    writeInteger(sink, { prefixBits: 5, pattern: 0x20, value: this.#resizeTo });
    this.#resizeTo = this.#resizeLeast = undefined;
  }

  field(sink: ByteSink, field: OutgoingField): void {
    const { name, value, indexing } = field;
    const key = `${name}\0${value}`;
    const staticIndex = staticIndexByField.get(key);
    if (staticIndex !== undefined && (value !== "" || indexing === "indexed")) {
      return this.#writeIndex(sink, staticIndex);
    }
    const number = this.#numberByField.get(key);
    if (number !== undefined) return this.#writeIndex(sink, this.#indexOf(number));
    this.#writeLiteral(sink, field);
    if (indexing === "indexed" && this.#table.insert(headerField(name, value))) {
      this.#numberByField.set(key, this.#table.inserted - 1);
    }
    if (indexing === "indexed") this.version++;
  }

  #indexOf(number: number): number {
    return staticEntryCount + this.#table.inserted - number;
  }

  #writeIndex(sink: ByteSink, index: number): void {
    sink.reserve(6);
    writeInteger(sink, { prefixBits: 7, pattern: 0x80, value: index });
  }

  #writeLiteral(sink: ByteSink, { name, value, indexing }: OutgoingField): void {
    sink.reserve(name.length + value.length + 24);
    const nameIndex = staticIndexByName.get(name) ?? 0;
    if (indexing === "indexed") writeInteger(sink, { prefixBits: 6, pattern: 0x40, value: nameIndex });
    else writeInteger(sink, { prefixBits: 4, pattern: 0, value: nameIndex });
    if (nameIndex === 0) writeString(sink, name);
    writeString(sink, value);
  }
}

function writeInteger(sink: ByteSink, input: { prefixBits: number; pattern: number; value: number }): void {
  const prefixMax = (1 << input.prefixBits) - 1;
  if (input.value < prefixMax) {
    sink.buffer[sink.length++] = input.pattern | input.value;
    return;
  }
  sink.buffer[sink.length++] = input.pattern | prefixMax;
  let rest = input.value - prefixMax;
  while (rest >= 0x80) {
    sink.buffer[sink.length++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  sink.buffer[sink.length++] = rest;
}

function writeString(sink: ByteSink, text: string): void {
  const huffmanBytes = huffmanEncodedBytes(text);
  if (huffmanBytes < text.length) {
    writeInteger(sink, { prefixBits: 7, pattern: 0x80, value: huffmanBytes });
    sink.length = huffmanEncode(text, sink.buffer, sink.length);
    return;
  }
  writeInteger(sink, { prefixBits: 7, pattern: 0, value: text.length });
  sink.length += sink.buffer.write(text, sink.length, "latin1");
}
