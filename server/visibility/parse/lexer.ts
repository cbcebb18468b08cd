/**
 * Cuts a query into tokens. Never throws: what is no token becomes one of kind `bad`, which the parser refuses with
 * its position.
 */

export interface Token {
  /** `name` is quoted with backticks, `word` is not. */
  readonly kind: "word" | "name" | "string" | "number" | "symbol" | "bad" | "end";
  /** Words, numbers and symbols as written; strings and names without quotes and escapes. */
  readonly text: string;
  readonly at: number;
  readonly end: number;
}

/** Words that are no column names unless quoted with backticks. */
export const RESERVED: ReadonlySet<string> = new Set(
  (
    "and as asc between by case default delete desc distinct drop else exists false for from group having if in index " +
    "insert interval into is join key left like limit not null offset on or order regexp right rlike select set " +
    "starts_with table then true union update using values when where xor"
  ).split(" "),
);

const SPACE_OR_COMMENT = /(?:[ \t\r\n]+|--[^\n]*|#[^\n]*|\/\/[^\n]*|\/\*[^]*?\*\/)+/y;
const WORD = /[A-Za-z_@][A-Za-z0-9_@]*/y;
const NUMBER = /0[xX][0-9A-Fa-f]*|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d*)?/y;
const WORD_START = /[A-Za-z_@]/;
const SYMBOL = /<=>|<=|<>|<<|<|>=|>>|>|!=|!|=|&&|&|\|\||\||\(|\)|,|\.|;|\+|-|\*|\/|%|\^|~/y;

/** Escapes of strings; any other escaped character stands for itself. */
const ESCAPES: Readonly<Record<string, string>> = {
  "0": "\0",
  b: "\b",
  n: "\n",
  r: "\r",
  t: "\t",
  Z: "\u001a",
};

export class Lexer {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  next(): Token {
    const text = this.#text;
    this.#take(SPACE_OR_COMMENT);
    const at = this.#at;
    const first = text[at];
    if (first === undefined) return this.#token("end", "", at);
    if (first === "'" || first === '"') return this.#string(first);
    if (first === "`") return this.#name();
    // An open comment swallows the rest.
    if (text.startsWith("/*", at)) return this.#bad("", text.length);
    const word = this.#take(WORD);
    if (word !== undefined) return this.#token("word", word, at);
    const number = this.#take(NUMBER);
    if (number !== undefined) {
      const isRunTogether = WORD_START.test(text[this.#at] ?? "");
      return this.#token(isRunTogether ? "bad" : "number", number, at);
    }
    const symbol = this.#take(SYMBOL);
    if (symbol !== undefined) return this.#token("symbol", symbol, at);
    // The peer reads bytes: of a character beyond ASCII it names the first byte, which is no character.
    const isAscii = first < "\u0080";
    return this.#bad(isAscii ? first : "\ufffd", at + 1);
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined || found === "") return undefined;
    this.#at += found.length;
    return found;
  }

  #token(kind: Token["kind"], text: string, at: number): Token {
    return { kind, text, at, end: this.#at };
  }

  #bad(text: string, end: number): Token {
    const at = this.#at;
    this.#at = end;
    return this.#token("bad", text, at);
  }

  #string(quote: string): Token {
    const text = this.#text;
    const at = this.#at;
    let value = "";
    let from = at + 1;
    for (let i = from; i < text.length; i++) {
      const char = text[i] as string;
      if (char === "\\") {
        const escaped = text[i + 1] ?? "";
        value += text.slice(from, i) + (ESCAPES[escaped] ?? escaped);
        i++;
        from = i + 1;
      } else if (char === quote) {
        value += text.slice(from, i);
        if (text[i + 1] !== quote) {
          this.#at = i + 1;
          return this.#token("string", value, at);
        }
        i++;
        from = i;
      }
    }
    return this.#bad(value + text.slice(from), text.length);
  }

  #name(): Token {
    const text = this.#text;
    const at = this.#at;
    let name = "";
    let from = at + 1;
    for (;;) {
      const close = text.indexOf("`", from);
      if (close === -1) return this.#bad(name + text.slice(from), text.length);
      name += text.slice(from, close);
      if (text[close + 1] === "`") {
        name += "`";
        from = close + 2;
        continue;
      }
      this.#at = close + 1;
      return this.#token(name === "" ? "bad" : "name", name, at);
    }
  }
}
