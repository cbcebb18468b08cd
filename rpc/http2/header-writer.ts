import { HpackEncoder, type OutgoingField } from "../hpack/encoder.ts";
import { frameFlags, frameHeaderBytes, frameKind, frameTypes } from "./frame.ts";
import type { OutputBuffer } from "./output-buffer.ts";

/** Fields that are sent again and again on a connection, recognised by being the same object. */
export interface FieldList {
  readonly fields: readonly OutgoingField[];
}

interface EncodedBlock {
  bytes: Buffer | undefined;
  version: number;
}

const encodedBlocksMax = 256;

/**
 * Writes header blocks as HEADERS and, if they do not fit in one frame, CONTINUATION.
 *
 * A list whose fields have all entered the peer's table encodes to the same few bytes until the table moves, so these
 * bytes are kept and the block becomes a copy.
 */
export class HeaderWriter {
  readonly encoder: HpackEncoder;
  peerMaxFrameBytes: number;
  readonly #out: OutputBuffer;
  readonly #encoded = new Map<FieldList, EncodedBlock>();

  constructor(options: { out: OutputBuffer; tableBytesMax: number; peerMaxFrameBytes: number }) {
    this.#out = options.out;
    this.encoder = new HpackEncoder({ tableBytesMax: options.tableBytesMax });
    this.peerMaxFrameBytes = options.peerMaxFrameBytes;
  }

  write(streamId: number, input: { repeated: FieldList; extra?: readonly OutgoingField[]; endStream: boolean }): void {
    const out = this.#out;
    const endFlag = input.endStream ? frameFlags.endStream : 0;
    const headerAt = out.length;
    out.frameHeader(0, frameKind(frameTypes.headers, frameFlags.endHeaders | endFlag), streamId);
    this.encoder.begin(out);
    this.#writeRepeated(input.repeated);
    if (input.extra !== undefined) for (const field of input.extra) this.encoder.field(out, field);
    const blockBytes = out.length - headerAt - frameHeaderBytes;
    if (blockBytes <= this.peerMaxFrameBytes) out.patchFrameLength(headerAt);
    else this.#split(headerAt, streamId, endFlag);
  }

  #writeRepeated(list: FieldList): void {
    const { encoder } = this;
    let known = this.#encoded.get(list);
    if (known !== undefined && known.version === encoder.version && known.bytes !== undefined) {
      this.#out.bytes(known.bytes);
      return;
    }
    const start = this.#out.length;
    const version = encoder.version;
    for (const field of list.fields) encoder.field(this.#out, field);
    if (known === undefined) {
      if (this.#encoded.size >= encodedBlocksMax) this.#encoded.clear();
      this.#encoded.set(list, (known = { bytes: undefined, version }));
    }
    known.version = encoder.version;
    known.bytes =
      version === encoder.version ? Buffer.from(this.#out.buffer.subarray(start, this.#out.length)) : undefined;
  }

  /** Rewrites an oversized HEADERS frame as HEADERS and CONTINUATION frames. Rare, so it may copy. */
  #split(headerAt: number, streamId: number, endFlag: number): void {
    const out = this.#out;
    const block = Buffer.from(out.buffer.subarray(headerAt + frameHeaderBytes, out.length));
    out.length = headerAt;
    for (let at = 0; at < block.length; at += this.peerMaxFrameBytes) {
      const part = block.subarray(at, at + this.peerMaxFrameBytes);
      const isLast = at + part.length === block.length;
      const type = at === 0 ? frameTypes.headers : frameTypes.continuation;
      const flags = (at === 0 ? endFlag : 0) | (isLast ? frameFlags.endHeaders : 0);
      out.frameHeader(part.length, frameKind(type, flags), streamId);
      out.bytes(part);
    }
  }
}
