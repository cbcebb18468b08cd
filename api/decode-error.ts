/** Bytes that are no valid message. Says which message and where, so that a client's author can find the fault. */
export class DecodeError extends Error {
  override readonly name = "DecodeError";
  /** Full protobuf name of the message whose decoding was asked for; empty until the codec has filled it in. */
  typeName = "";
  readonly offset: number;
  readonly #what: string;

  constructor(what: string, offset: number) {
    super(`${what} at byte ${offset}`);
    this.offset = offset;
    this.#what = what;
  }

  /** Names the message; called once, by the codec. */
  in(typeName: string): this {
    this.typeName = typeName;
    this.message = `${typeName}: ${this.#what} at byte ${this.offset}`;
    return this;
  }
}
