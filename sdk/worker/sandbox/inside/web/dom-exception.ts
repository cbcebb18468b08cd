const CODES: Readonly<Record<string, number>> = {
  InvalidCharacterError: 5,
  NotSupportedError: 9,
  InvalidStateError: 11,
  SyntaxError: 12,
  AbortError: 20,
  TimeoutError: 23,
  DataCloneError: 25,
};

export class DOMException extends Error {
  override readonly name: string;

  constructor(message = "", name: string | { readonly name?: string; readonly cause?: unknown } = "Error") {
    super(message, typeof name === "object" && "cause" in name ? { cause: name.cause } : undefined);
    this.name = typeof name === "string" ? name : (name.name ?? "Error");
  }

  get code(): number {
    return CODES[this.name] ?? 0;
  }
}
