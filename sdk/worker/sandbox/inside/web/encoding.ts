import { hostHooks } from "../host-hooks.ts";

/** Above this length the process's own coder is faster. */
const SHORT = 24;

/** Room for the process's coder, of which the result is a copy: an array buffer of three times the text's length is not made. */
const scratch = new Uint8Array(4_096);

export class TextEncoder {
  get encoding(): string {
    return "utf-8";
  }

  encode(text: unknown = ""): Uint8Array {
    const input = String(text);
    if (input.length <= SHORT) {
      const ascii = asciiBytes(input);
      if (ascii !== undefined) return ascii;
    }
    const most = input.length * 3;
    const bytes = most <= scratch.length ? scratch : new Uint8Array(most);
    return bytes.slice(0, hostHooks().encodeUtf8(input, bytes));
  }

  encodeInto(text: string, into: Uint8Array): { read: number; written: number } {
    const bytes = this.encode(text);
    let end = Math.min(bytes.length, into.length);
    // Never half a character: continuation bytes are 10xxxxxx.
    while (end < bytes.length && end > 0 && ((bytes[end] as number) & 0xc0) === 0x80) end--;
    into.set(bytes.subarray(0, end));
    return { read: new TextDecoder().decode(bytes.subarray(0, end)).length, written: end };
  }
}

function asciiBytes(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return undefined;
    bytes[index] = code;
  }
  return bytes;
}

export interface TextDecoderOptions {
  readonly fatal?: boolean | undefined;
  readonly ignoreBOM?: boolean | undefined;
}

const UTF8_LABELS: ReadonlySet<string> = new Set(["utf-8", "utf8", "unicode-1-1-utf-8"]);

export class TextDecoder {
  readonly encoding = "utf-8";
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;
  #pending: Uint8Array = new Uint8Array(0);

  constructor(label = "utf-8", options: TextDecoderOptions = {}) {
    if (!UTF8_LABELS.has(String(label).trim().toLowerCase())) {
      throw new RangeError(`The "${label}" encoding is not supported in workflows: only utf-8 is`);
    }
    this.fatal = options.fatal === true;
    this.ignoreBOM = options.ignoreBOM === true;
  }

  decode(input?: ArrayBuffer | ArrayBufferView, options: { readonly stream?: boolean | undefined } = {}): string {
    let bytes = joined(this.#pending, bytesOf(input));
    this.#pending = new Uint8Array(0);
    if (options.stream === true) {
      const end = bytes.length - unfinished(bytes);
      this.#pending = bytes.slice(end);
      bytes = bytes.subarray(0, end);
    }
    const text = hostHooks().decodeUtf8(bytes, this.fatal, this.ignoreBOM);
    if (text === undefined) throw new TypeError("The encoded data was not valid for encoding utf-8");
    return text;
  }
}

function bytesOf(input: ArrayBuffer | ArrayBufferView | undefined): Uint8Array {
  if (input === undefined) return new Uint8Array(0);
  if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  return new Uint8Array(input);
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

/** How many bytes at the end begin a character that goes on. */
function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}
