/**
 * The Huffman code of HPACK (RFC 7541, appendix B), both ways.
 *
 * The code is canonical: within one length, codes count upwards in the order of the symbols, and the first code of a
 * length follows from the last of the length before. So the table below gives only the symbols of each length, and the
 * codes are computed once at start-up. Decoding walks the code tree four bits at a time; a step emits at most one
 * symbol because the shortest code has five bits.
 */

const endOfString = 256;

/** Code length → its symbols, as ranges "first-last" or single numbers. */
const symbolsByLength: ReadonlyArray<readonly [bits: number, symbols: string]> = [
  [5, "48-50 97 99 101 105 111 115 116"],
  [6, "32 37 45-47 51-57 61 65 95 98 100 102-104 108-110 112 114 117"],
  [7, "58 66-87 89 106 107 113 118-122"],
  [8, "38 42 44 59 88 90"],
  [10, "33 34 40 41 63"],
  [11, "39 43 124"],
  [12, "35 62"],
  [13, "0 36 64 91 93 126"],
  [14, "94 125"],
  [15, "60 96 123"],
  [19, "92 195 208"],
  [20, "128 130 131 162 184 194 224 226"],
  [21, "153 161 167 172 176 177 179 209 216 217 227 229 230"],
  [22, "129 132-134 136 146 154 156 160 163 164 169 170 173 178 181 185-187 189 190 196 198 228 232 233"],
  [23, "1 135 137-141 143 147 149-152 155 157 158 165 166 168 174 175 180 182 183 188 191 197 231 239"],
  [24, "9 142 144 145 148 159 171 206 215 225 236 237"],
  [25, "199 207 234 235"],
  [26, "192 193 200-202 205 210 213 218 219 238 240 242 243 255"],
  [27, "203 204 211 212 214 221-223 241 244-248 250-254"],
  [28, "2-8 11 12 14-21 23-31 127 220 249"],
  [30, "10 13 22 256"],
];

export const huffmanCodes = new Uint32Array(257);
export const huffmanLengths = new Uint8Array(257);

/** One step of the decoder: state × 4 bits → next state (low byte), symbol (next byte) and the flags below. */
const steps = new Uint32Array(256 * 16);
const emits = 1 << 16;
const fails = 1 << 17;
/** What is left may end here: it is a prefix of the end-of-string code and shorter than a byte. */
const mayEnd = new Uint8Array(256);

assignCodes();
buildSteps();

/** Decodes into `target` from its beginning and returns the number of bytes, or -1 when the input is no valid code. */
export function huffmanDecode(input: { source: Uint8Array; start: number; end: number; target: Uint8Array }): number {
  const { source, target, end } = input;
  let state = 0;
  let length = 0;
  for (let at = input.start; at < end; at++) {
    const byte = source[at]!;
    let step = steps[(state << 4) | (byte >> 4)]!;
    if (step & fails) return -1;
    if (step & emits) target[length++] = (step >> 8) & 0xff;
    step = steps[((step & 0xff) << 4) | (byte & 15)]!;
    if (step & fails) return -1;
    if (step & emits) target[length++] = (step >> 8) & 0xff;
    state = step & 0xff;
  }
  return mayEnd[state] === 1 ? length : -1;
}

/** The longest text that `bytes` of Huffman code can stand for: the shortest code has five bits. */
export function huffmanDecodedBytesMax(bytes: number): number {
  return Math.ceil((bytes * 8) / 5);
}

/** Bytes that `text` (characters up to 255) takes in Huffman code. */
export function huffmanEncodedBytes(text: string): number {
  let bits = 0;
  for (let at = 0; at < text.length; at++) bits += huffmanLengths[text.charCodeAt(at) & 0xff]!;
  return (bits + 7) >> 3;
}

/** Writes `text` at `offset` and returns the offset behind it. The caller has made room. */
export function huffmanEncode(text: string, target: Uint8Array, offset: number): number {
  let pending = 0;
  let pendingBits = 0;
  let at = offset;
  for (let index = 0; index < text.length; index++) {
    const symbol = text.charCodeAt(index) & 0xff;
    // Codes have up to 30 bits: feed them in two halves so that the accumulator stays within 32.
    const code = huffmanCodes[symbol]!;
    let bits = huffmanLengths[symbol]!;
    if (bits > 16) {
      const low = bits - 16;
      pending = (pending << 16) | (code >>> low);
      pendingBits += 16;
      while (pendingBits >= 8) target[at++] = (pending >>> (pendingBits -= 8)) & 0xff;
      bits = low;
    }
    pending = (pending << bits) | (code & ((1 << bits) - 1));
    pendingBits += bits;
    while (pendingBits >= 8) target[at++] = (pending >>> (pendingBits -= 8)) & 0xff;
  }
  // Padding is the beginning of the end-of-string code, which is all ones.
  if (pendingBits > 0) target[at++] = ((pending << (8 - pendingBits)) | (0xff >> pendingBits)) & 0xff;
  return at;
}

function assignCodes(): void {
  let code = 0;
  let previousBits = 0;
  for (const [bits, ranges] of symbolsByLength) {
    code <<= bits - previousBits;
    previousBits = bits;
    for (const range of ranges.split(" ")) {
      const [first, last = first] = range.split("-").map(Number) as [number, number?];
      for (let symbol = first; symbol <= last; symbol++) {
        huffmanCodes[symbol] = code++;
        huffmanLengths[symbol] = bits;
      }
    }
  }
}

/** Inner nodes of the code tree are the states; a code with 257 leaves has exactly 256 of them. */
function buildSteps(): void {
  const children: Array<[number, number]> = [[-1, -1]];
  const leaf = (symbol: number) => -2 - symbol;
  for (let symbol = 0; symbol <= endOfString; symbol++) {
    let node = 0;
    for (let bit = huffmanLengths[symbol]! - 1; bit >= 0; bit--) {
      const side = (huffmanCodes[symbol]! >>> bit) & 1;
      if (bit === 0) children[node]![side] = leaf(symbol);
      else if (children[node]![side] === -1) node = children[node]![side] = children.push([-1, -1]) - 1;
      else node = children[node]![side]!;
    }
  }
  for (let node = 0, ones = 0; ones < 8 && node >= 0; ones++, node = children[node]![1]) mayEnd[node] = 1;
  for (let state = 0; state < 256; state++) {
    for (let nibble = 0; nibble < 16; nibble++) steps[(state << 4) | nibble] = walk(children, state, nibble);
  }
}

function walk(children: ReadonlyArray<readonly [number, number]>, state: number, nibble: number): number {
  let node = state;
  let emitted = 0;
  for (let bit = 3; bit >= 0; bit--) {
    const next = children[node]![(nibble >> bit) & 1]!;
    if (next === -2 - endOfString) return fails;
    if (next <= -2) {
      emitted = emits | ((-2 - next) << 8);
      node = 0;
    } else node = next;
  }
  return emitted | node;
}
