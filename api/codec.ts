import { DecodeError } from "./decode-error.ts";
import { beginRead, joined, view } from "./wire-read.ts";
import { encodeWith } from "./wire-write.ts";

/** What `encode` takes for a message of type `T`: any part of it, at every depth; what is absent has its default. */
export type Input<T> = T extends number
  ? number
  : T extends Uint8Array | string | boolean | undefined
    ? T
    : T extends readonly (infer E)[]
      ? readonly Input<E>[]
      : { readonly [K in keyof T]?: Input<T[K]> };

export type Read<T> = (b: Uint8Array, p: number, end: number, depth: number) => T;
export type Write<T> = (message: Input<T>, b: Uint8Array, p: number) => number;

/** Reads and writes one kind of message. The generated files make one for each. */
export class Codec<T> {
  /** Full protobuf name, such as `temporal.api.common.v1.Payload`. */
  readonly typeName: string;
  /** The generated functions, for the generated code of another folder. */
  readonly read: Read<T>;
  readonly write: Write<T>;

  constructor(typeName: string, read: Read<T>, write: Write<T>) {
    this.typeName = typeName;
    this.read = read;
    this.write = write;
  }

  /** Decodes a message; byte strings in it are views of `bytes`. Throws `DecodeError`. */
  decode(bytes: Uint8Array): T {
    beginRead();
    try {
      return this.read(bytes, 0, bytes.length, 0);
    } catch (error) {
      throw error instanceof DecodeError ? error.in(this.typeName) : error;
    }
  }

  /**
   * Encodes a message. Results of some size lie side by side in a slab: copy one that is kept long (it would keep 16 KiB
   * from being freed), and never use its `.buffer` as if it were alone there.
   */
  encode(message: Input<T>): Uint8Array {
    return encodeWith(this.write, message);
  }
}

type Again<T> = { before: T; read: Read<T>; write: Write<T>; depth: number };

/** A singular message field that occurs a second time: its parts are merged, as if they had come as one. */
export function merged<T>(b: Uint8Array, from: number, to: number, again: Again<T>): T {
  const whole = joined(encodeWith(again.write, again.before as Input<T>), view(b, from, to));
  return again.read(whole, 0, whole.length, again.depth);
}
