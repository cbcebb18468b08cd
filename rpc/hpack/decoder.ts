import { BlockCache } from "./block-cache.ts";
import { DynamicTable } from "./dynamic-table.ts";
import { HeaderBlock } from "./header-block.ts";
import { headerField, headerFieldBytes, type HeaderField } from "./header-field.ts";
import { huffmanDecode, huffmanDecodedBytesMax } from "./huffman.ts";
import { staticEntryCount, staticTable } from "./static-table.ts";

/** The block breaks RFC 7541. The table is now unknown, so the connection cannot go on (COMPRESSION_ERROR). */
export class HpackError extends Error {}

const nothing = Buffer.alloc(0);
const scratchBytes = 256;
const scratchBytesKept = 16_384;

/**
 * HPACK decoder of one connection.
 *
 * Clients repeat themselves: apart from the deadline, every call of one method sends the same bytes. A block that
 * neither reads a table that has changed since nor changes it decodes to the same fields, so blocks are remembered by
 * their bytes until the next insertion or resize.
 */
export class HpackDecoder {
  readonly #table: DynamicTable;
  readonly #tableBytesLimit: number;
  readonly #listBytesMax: number;
  readonly #cache = new BlockCache();
  #scratch = Buffer.allocUnsafeSlow(scratchBytes);
  #source: Buffer = nothing;
  #at = 0;
  #end = 0;

  constructor(options: { tableBytesMax: number; listBytesMax: number }) {
    this.#table = new DynamicTable(options.tableBytesMax);
    this.#tableBytesLimit = options.tableBytesMax;
    this.#listBytesMax = options.listBytesMax;
  }

  decode(source: Buffer, start: number, end: number): HeaderBlock {
    const known = this.#cache.find(source, start, end);
    if (known !== undefined) return known;
    const table = this.#table;
    const { inserted, bytesMax, bytes } = table;
    const block = this.#decodeFields(source, start, end);
    if (table.inserted !== inserted || table.bytesMax !== bytesMax || table.bytes !== bytes) this.#cache.clear();
    else this.#cache.keep(block, source, start, end);
    return block;
  }

  #decodeFields(source: Buffer, start: number, end: number): HeaderBlock {
    this.#source = source;
    this.#at = start;
    this.#end = end;
    const fields: HeaderField[] = [];
    let bytes = 0;
    let mayResize = true;
    while (this.#at < end) {
      const first = source[this.#at]!;
      if ((first & 0xe0) === 0x20) {
        if (!mayResize) throw new HpackError("table size update behind a field");
        this.#resize();
        continue;
      }
      mayResize = false;
      const field = first & 0x80 ? this.#indexed() : this.#literal(first);
      bytes += headerFieldBytes(field);
      if (bytes <= this.#listBytesMax) fields.push(field);
    }
    this.#source = nothing;
    if (this.#scratch.length > scratchBytesKept) this.#scratch = Buffer.allocUnsafeSlow(scratchBytes);
    // The array has room to grow that nobody will use; a parked call keeps its block for minutes.
    return new HeaderBlock(fields.slice(), bytes > this.#listBytesMax);
  }

  #resize(): void {
    const bytesMax = this.#integer(5);
    if (bytesMax > this.#tableBytesLimit) throw new HpackError("table size update above the limit");
    this.#table.resize(bytesMax);
  }

  #indexed(): HeaderField {
    return this.#lookup(this.#integer(7));
  }

  #literal(first: number): HeaderField {
    const isInserted = (first & 0xc0) === 0x40;
    const nameIndex = this.#integer(isInserted ? 6 : 4);
    const name = nameIndex === 0 ? this.#string() : this.#lookup(nameIndex).name;
    const field = headerField(name, this.#string());
    if (isInserted) this.#table.insert(field);
    return field;
  }

  #lookup(index: number): HeaderField {
    const field = index <= staticEntryCount ? staticTable[index] : this.#table.at(index - staticEntryCount - 1);
    if (field === undefined) throw new HpackError(`no entry with index ${index}`);
    return field;
  }

  /** RFC 7541 §5.1. Nothing legal here needs more than 28 bits. */
  #integer(prefixBits: number): number {
    if (this.#at >= this.#end) throw new HpackError("block ends within a field");
    const prefixMax = (1 << prefixBits) - 1;
    let value = this.#source[this.#at++]! & prefixMax;
    if (value < prefixMax) return value;
    for (let shift = 0; shift <= 21; shift += 7) {
      if (this.#at >= this.#end) throw new HpackError("block ends within a field");
      const byte = this.#source[this.#at++]!;
      value += (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new HpackError("integer too large");
  }

  /** Bytes become characters one to one (latin1): HTTP/2 fields are bytes, and gRPC's are ASCII. */
  #string(): string {
    if (this.#at >= this.#end) throw new HpackError("block ends within a field");
    const isHuffman = this.#source[this.#at]! >= 0x80;
    const length = this.#integer(7);
    const start = this.#at;
    const end = start + length;
    if (end > this.#end) throw new HpackError("block ends within a string");
    this.#at = end;
    if (!isHuffman) return this.#source.toString("latin1", start, end);
    const roomBytes = huffmanDecodedBytesMax(length);
    if (this.#scratch.length < roomBytes) this.#scratch = Buffer.allocUnsafeSlow(roomBytes);
    const bytes = huffmanDecode({ source: this.#source, start, end, target: this.#scratch });
    if (bytes < 0) throw new HpackError("broken Huffman code");
    return this.#scratch.toString("latin1", 0, bytes);
  }
}
