/**
 * The part of TOML that profile files use: tables, dotted and quoted keys, all kinds of strings, booleans, numbers and
 * inline tables. Arrays and dates are refused, with line and column like every other mistake.
 */

export type TomlValue = string | boolean | number | TomlTable;
export interface TomlTable {
  [key: string]: TomlValue;
}

/** A mistake in a document, and where it is. */
export class TomlError extends Error {
  readonly line: number;
  readonly column: number;

  constructor(problem: string, text: string, at: number) {
    const before = text.slice(0, at).split("\n");
    const line = before.length;
    const column = (before.at(-1)?.length ?? 0) + 1;
    super(
      `Invalid TOML at line ${line}, column ${column}: ${problem}\n\n  ${text.split("\n")[line - 1] ?? ""}\n  ${" ".repeat(column - 1)}^`,
    );
    this.name = "TomlError";
    this.line = line;
    this.column = column;
  }
}

const BARE_KEY = /[A-Za-z0-9_-]+/y;
const NUMBER = /[+-]?(?:\d(?:_?\d)*)(?:\.\d(?:_?\d)*)?(?:[eE][+-]?\d+)?(?![\w.:-])/y;
const ESCAPES: Readonly<Record<string, string>> = {
  b: "\b",
  t: "\t",
  n: "\n",
  f: "\f",
  r: "\r",
  e: "\u001b",
  '"': '"',
  "\\": "\\",
};

/** @throws TomlError for the first mistake. */
export function parseToml(text: string): TomlTable {
  return new Reader(text).document();
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text.replace(/\r\n/g, "\n");
  }

  document(): TomlTable {
    const root: TomlTable = emptyTable();
    const opened = new Set<TomlTable>();
    let table = root;
    for (this.#skipBlank(); this.#at < this.#text.length; this.#skipBlank()) {
      if (this.#peek("[")) {
        const start = this.#at;
        if (this.#text.startsWith("[[", start)) this.#fail("arrays of tables are not supported here");
        this.#at++;
        table = this.#tableAt(root, this.#keys(), start);
        this.#expect("]");
        if (opened.has(table)) this.#fail("the table is defined twice", start);
        opened.add(table);
      } else this.#assignment(table);
      this.#endOfLine();
    }
    return root;
  }

  #assignment(table: TomlTable): void {
    const start = this.#at;
    const keys = this.#keys();
    this.#expect("=");
    this.#skipSpace();
    const value = this.#value();
    const last = keys.pop() as string;
    const target = this.#tableAt(table, keys, start);
    if (last in target) this.#fail(`the key '${last}' is defined twice`, start);
    target[last] = value;
  }

  #tableAt(from: TomlTable, keys: readonly string[], start: number): TomlTable {
    let table = from;
    for (const key of keys) {
      const next = (table[key] ??= emptyTable());
      if (typeof next !== "object") this.#fail(`'${key}' is a value, not a table`, start);
      table = next as TomlTable;
    }
    return table;
  }

  #keys(): string[] {
    const keys: string[] = [];
    do {
      this.#skipSpace();
      keys.push(this.#key());
      this.#skipSpace();
    } while (this.#take("."));
    return keys;
  }

  #key(): string {
    if (this.#peek('"') || this.#peek("'")) return this.#string();
    BARE_KEY.lastIndex = this.#at;
    const match = BARE_KEY.exec(this.#text);
    if (match === null) return this.#fail("a key is expected");
    this.#at += match[0].length;
    return match[0];
  }

  #value(): TomlValue {
    if (this.#peek('"') || this.#peek("'")) return this.#string();
    if (this.#peek("{")) return this.#inlineTable();
    if (this.#peek("[")) return this.#fail("arrays are not supported here");
    for (const word of ["true", "false"]) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return word === "true";
      }
    }
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (match === null) return this.#fail("a value is expected: a string in quotes, true, false or a number");
    this.#at += match[0].length;
    return Number(match[0].replaceAll("_", ""));
  }

  #inlineTable(): TomlTable {
    const table = emptyTable();
    this.#at++;
    this.#skipSpace();
    if (this.#take("}")) return table;
    do {
      this.#skipSpace();
      this.#assignment(table);
      this.#skipSpace();
    } while (this.#take(","));
    this.#expect("}");
    return table;
  }

  #string(): string {
    const quote = this.#text[this.#at] as string;
    const isLong = this.#text.startsWith(quote.repeat(3), this.#at);
    const start = this.#at;
    const end = isLong ? quote.repeat(3) : quote;
    this.#at += end.length;
    // The first newline of a long string is not part of it.
    if (isLong && this.#peek("\n")) this.#at++;
    let value = "";
    while (!this.#text.startsWith(end, this.#at)) {
      const character = this.#text[this.#at];
      if (character === undefined || (character === "\n" && !isLong)) this.#fail("the string does not end", start);
      if (character === "\\" && quote === '"') value += this.#escape(isLong);
      else {
        value += character;
        this.#at++;
      }
    }
    this.#at += end.length;
    return value;
  }

  #escape(isLong: boolean): string {
    const start = this.#at++;
    const character = this.#text[this.#at++] ?? "";
    const plain = ESCAPES[character];
    if (plain !== undefined) return plain;
    const digits = character === "u" ? 4 : character === "U" ? 8 : 0;
    if (digits > 0) {
      const hex = this.#text.slice(this.#at, this.#at + digits);
      const point = /^[0-9a-f]+$/i.test(hex) && hex.length === digits ? Number.parseInt(hex, 16) : 0x110000;
      if (point > 0x10ffff) this.#fail("an escape names no character", start);
      this.#at += digits;
      return String.fromCodePoint(point);
    }
    // A backslash at the end of a line joins it to the next.
    const rest = /^[ \t]*\n\s*/.exec(this.#text.slice(start + 1));
    if (isLong && rest !== null) {
      this.#at = start + 1 + rest[0].length;
      return "";
    }
    return this.#fail(`unknown escape '\\${character}'`, start);
  }

  #endOfLine(): void {
    this.#skipSpace();
    if (this.#peek("#")) this.#skipComment();
    if (this.#at < this.#text.length && !this.#take("\n")) this.#fail("the line should end here");
  }

  #skipBlank(): void {
    for (;;) {
      this.#skipSpace();
      if (this.#peek("#")) this.#skipComment();
      if (!this.#take("\n")) return;
    }
  }

  #skipComment(): void {
    const end = this.#text.indexOf("\n", this.#at);
    this.#at = end < 0 ? this.#text.length : end;
  }

  #skipSpace(): void {
    while (this.#peek(" ") || this.#peek("\t")) this.#at++;
  }

  #peek(character: string): boolean {
    return this.#text[this.#at] === character;
  }

  #take(character: string): boolean {
    if (!this.#peek(character)) return false;
    this.#at++;
    return true;
  }

  #expect(character: string): void {
    this.#skipSpace();
    if (!this.#take(character)) this.#fail(`'${character}' is expected`);
  }

  #fail(problem: string, at = this.#at): never {
    throw new TomlError(problem, this.#text, at);
  }
}

function emptyTable(): TomlTable {
  return Object.create(null) as TomlTable;
}
