import { crc32 } from "node:zlib";

/**
 * Undoes gzip for small messages without a call into zlib, which costs more to set up (a context of 40 KB and three
 * crossings) than such a message costs to decode. SDKs compress every request, and most requests are small.
 *
 * 1. What is returned has passed gzip's own length and checksum.
 * 2. Anything unusual (several members, broken data, a large message) is left to zlib: the answer is `undefined`.
 */
export function gunzipSmall(input: Uint8Array): Uint8Array | undefined {
  const end = input.length - trailerBytes;
  if (input.length > inputBytesMax || end < headerBytes) return undefined;
  // Magic, method, and no optional fields: what compressors in memory write.
  if (input[0] !== 0x1f || input[1] !== 0x8b || input[2] !== 8 || input[3] !== 0) return undefined;
  const bytes = readUint32(input, end + 4);
  if (bytes > outputBytesMax) return undefined;
  const output = new Uint8Array(bytes);
  const state: Inflation = { input, at: headerBytes, end, bits: 0, bitCount: 0, output, length: 0 };
  if (!inflate(state) || state.length !== bytes || state.at - (state.bitCount >> 3) !== end) return undefined;
  return crc32(output) === readUint32(input, end) ? output : undefined;
}

const headerBytes = 10;
const trailerBytes = 8;
/** Above this zlib's own speed makes up for its start. */
const inputBytesMax = 2_048;
const outputBytesMax = 32_768;
const codeBitsMax = 15;
/** Codes up to this length are found in one step; longer ones are rare and walked bit by bit. */
const tableBits = 9;

interface Inflation {
  readonly input: Uint8Array;
  /** Next byte to read; bits of earlier ones may still wait in `bits`. */
  at: number;
  readonly end: number;
  bits: number;
  bitCount: number;
  readonly output: Uint8Array;
  length: number;
}

/** A canonical Huffman code. `table` maps the next bits to symbol × 16 + length, 0 where the code is longer. */
interface Code {
  readonly table: Uint16Array;
  /** For the bits that `table` is indexed by. */
  mask: number;
  readonly counts: Uint16Array;
  readonly symbols: Uint16Array;
}

const lengthBase = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const lengthBits = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const distanceBase = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
];
const distanceBits = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
/** The order in which a dynamic block gives the lengths of its code for lengths. */
const lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const endOfBlock = 256;

/** Scratch of `buildCode`: per length, where its next symbol goes and what its next code is. */
const offsets = new Uint16Array(codeBitsMax + 2);
const nextCodes = new Uint16Array(codeBitsMax + 2);

/** The first `tableBits` bits in reverse order. */
const reversed = Uint16Array.from({ length: 1 << tableBits }, (_, value) => {
  let result = 0;
  for (let bit = 0; bit < tableBits; bit++) result |= ((value >> bit) & 1) << (tableBits - 1 - bit);
  return result;
});

const fixedLengths = Uint8Array.from({ length: 288 }, (_, symbol) =>
  symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8,
);
const fixedLiterals = newCode(288);
const fixedDistances = newCode(30);
buildCode(fixedLiterals, fixedLengths, 0, 288);
buildCode(fixedDistances, new Uint8Array(30).fill(5), 0, 30);

// Decoding is synchronous, so one set of tables serves all dynamic blocks.
const literals = newCode(286);
const distances = newCode(30);
const codeLengths = newCode(19);
const lengths = new Uint8Array(320);

function newCode(symbols: number): Code {
  return {
    table: new Uint16Array(1 << tableBits),
    mask: 0,
    counts: new Uint16Array(codeBitsMax + 1),
    symbols: new Uint16Array(symbols),
  };
}

function inflate(state: Inflation): boolean {
  for (;;) {
    const isLast = readBits(state, 1) === 1;
    let isGood: boolean;
    switch (readBits(state, 2)) {
      case 0:
        isGood = copyStored(state);
        break;
      case 1:
        isGood = decodeBlock(state, fixedLiterals, fixedDistances);
        break;
      case 2:
        isGood = readCodes(state) && decodeBlock(state, literals, distances);
        break;
      default:
        return false;
    }
    if (!isGood || state.bitCount < 0) return false;
    if (isLast) return true;
  }
}

/** Beyond the end of the input zeros are read; the caller sees it by `at`, which then lies behind `end`. */
function readBits(state: Inflation, count: number): number {
  while (state.bitCount < count) {
    state.bits |= (state.at < state.end ? state.input[state.at]! : 0) << state.bitCount;
    state.at++;
    state.bitCount += 8;
  }
  const value = state.bits & ((1 << count) - 1);
  state.bits >>>= count;
  state.bitCount -= count;
  return value;
}

function copyStored(state: Inflation): boolean {
  state.at -= state.bitCount >> 3;
  state.bits = state.bitCount = 0;
  const { input, at, output } = state;
  if (at + 4 > state.end) return false;
  const bytes = input[at]! | (input[at + 1]! << 8);
  const inverse = input[at + 2]! | (input[at + 3]! << 8);
  if ((bytes ^ inverse) !== 0xffff || at + 4 + bytes > state.end || state.length + bytes > output.length) return false;
  output.set(input.subarray(at + 4, at + 4 + bytes), state.length);
  state.length += bytes;
  state.at = at + 4 + bytes;
  return true;
}

function readCodes(state: Inflation): boolean {
  const literalCount = readBits(state, 5) + 257;
  const distanceCount = readBits(state, 5) + 1;
  const lengthCount = readBits(state, 4) + 4;
  if (literalCount > 286 || distanceCount > 30) return false;
  lengths.fill(0, 0, 19);
  for (let index = 0; index < lengthCount; index++) lengths[lengthOrder[index]!] = readBits(state, 3);
  if (!buildCode(codeLengths, lengths, 0, 19)) return false;
  const count = literalCount + distanceCount;
  let at = 0;
  while (at < count) {
    const symbol = decodeSymbol(state, codeLengths);
    if (symbol < 16) {
      if (symbol < 0) return false;
      lengths[at++] = symbol;
      continue;
    }
    if (symbol === 16 && at === 0) return false;
    const value = symbol === 16 ? lengths[at - 1]! : 0;
    const repeats =
      symbol === 16 ? 3 + readBits(state, 2) : symbol === 17 ? 3 + readBits(state, 3) : 11 + readBits(state, 7);
    if (at + repeats > count) return false;
    lengths.fill(value, at, at + repeats);
    at += repeats;
  }
  if (lengths[endOfBlock] === 0) return false;
  return buildCode(literals, lengths, 0, literalCount) && buildCode(distances, lengths, literalCount, distanceCount);
}

/** False when the lengths ask for more codes than there are. Too few are tolerated: unused codes fail when met. */
function buildCode(code: Code, from: Uint8Array, start: number, count: number): boolean {
  const { table, counts, symbols } = code;
  counts.fill(0);
  offsets[1] = nextCodes[1] = 0;
  for (let index = 0; index < count; index++) counts[from[start + index]!]!++;
  counts[0] = 0;
  let left = 1;
  let bitsMax = 1;
  for (let bits = 1; bits <= codeBitsMax; bits++) {
    if (counts[bits] !== 0) bitsMax = bits;
    left = left * 2 - counts[bits]!;
    if (left < 0) return false;
    offsets[bits + 1] = offsets[bits]! + counts[bits]!;
    nextCodes[bits + 1] = (nextCodes[bits]! + counts[bits]!) << 1;
  }
  // As large as the code needs: small messages have short codes, and the table is what building them costs.
  const slots = 1 << Math.min(bitsMax, tableBits);
  code.mask = slots - 1;
  if (left > 0 || bitsMax > tableBits) table.fill(0, 0, slots);
  for (let symbol = 0; symbol < count; symbol++) {
    const bits = from[start + symbol]!;
    if (bits === 0) continue;
    symbols[offsets[bits]!++] = symbol;
    const canonical = nextCodes[bits]!++;
    if (bits > tableBits) continue;
    // Codes arrive first bit first, so the table is indexed by the reversed code.
    const entry = (symbol << 4) | bits;
    for (let slot = reversed[canonical]! >> (tableBits - bits); slot < slots; slot += 1 << bits) table[slot] = entry;
  }
  return true;
}

/** -1 for a code that does not exist. */
function decodeSymbol(state: Inflation, code: Code): number {
  while (state.bitCount < codeBitsMax) {
    state.bits |= (state.at < state.end ? state.input[state.at]! : 0) << state.bitCount;
    state.at++;
    state.bitCount += 8;
  }
  const entry = code.table[state.bits & code.mask]!;
  if (entry !== 0) {
    state.bits >>>= entry & 15;
    state.bitCount -= entry & 15;
    return entry >> 4;
  }
  return decodeLongSymbol(state, code);
}

/** Counts through the code lengths; `first` is the first code of the length, `index` that of its symbol. */
function decodeLongSymbol(state: Inflation, { counts, symbols }: Code): number {
  let value = 0;
  let first = 0;
  let index = 0;
  for (let bits = 1; bits <= codeBitsMax; bits++) {
    value |= (state.bits >>> (bits - 1)) & 1;
    const count = counts[bits]!;
    if (value - count < first) {
      state.bits >>>= bits;
      state.bitCount -= bits;
      return symbols[index + (value - first)]!;
    }
    index += count;
    first = (first + count) << 1;
    value <<= 1;
  }
  return -1;
}

/** The loop that everything is about: the state lives in locals, and a literal is one table look-up and one store. */
function decodeBlock(state: Inflation, literalCode: Code, distanceCode: Code): boolean {
  const { output, input, end } = state;
  const { table, mask } = literalCode;
  let { at, bits, bitCount, length } = state;
  for (;;) {
    while (bitCount < codeBitsMax) {
      bits |= (at < end ? input[at]! : 0) << bitCount;
      at++;
      bitCount += 8;
    }
    const entry = table[bits & mask]!;
    const entryBits = entry & 15;
    let symbol = entry >> 4;
    if (entry !== 0) {
      bits >>>= entryBits;
      bitCount -= entryBits;
      if (symbol < endOfBlock) {
        if (length >= output.length) return false;
        output[length++] = symbol;
        continue;
      }
    }
    state.at = at;
    state.bits = bits;
    state.bitCount = bitCount;
    state.length = length;
    if (entry === 0) symbol = decodeLongSymbol(state, literalCode);
    if (symbol === endOfBlock) return true;
    if (symbol < endOfBlock ? !putLiteral(state, symbol) : !copyMatch(state, symbol, distanceCode)) return false;
    ({ at, bits, bitCount, length } = state);
  }
}

function putLiteral(state: Inflation, symbol: number): boolean {
  if (symbol < 0 || state.length >= state.output.length) return false;
  state.output[state.length++] = symbol;
  return true;
}

function copyMatch(state: Inflation, symbol: number, distanceCode: Code): boolean {
  if (symbol > 285) return false;
  const { output } = state;
  const bytes = lengthBase[symbol - 257]! + readBits(state, lengthBits[symbol - 257]!);
  const distanceSymbol = decodeSymbol(state, distanceCode);
  if (distanceSymbol < 0 || distanceSymbol > 29) return false;
  const distance = distanceBase[distanceSymbol]! + readBits(state, distanceBits[distanceSymbol]!);
  let to = state.length;
  if (distance > to || to + bytes > output.length) return false;
  for (const until = to + bytes; to < until; to++) output[to] = output[to - distance]!;
  state.length = to;
  return true;
}

function readUint32(source: Uint8Array, at: number): number {
  return (source[at]! | (source[at + 1]! << 8) | (source[at + 2]! << 16) | (source[at + 3]! << 24)) >>> 0;
}
