/**
 * Recursive descent from query text to the untyped tree.
 *
 * 1. Every text gives a tree or an InvalidQueryError, never another exception.
 * 2. Recursion is bounded by NESTING_MAX; chains of AND and OR are loops.
 * 3. Positions in messages are those of the peer, which reads the query as the end of a SELECT, counts UTF-8 bytes
 *    and has always read one character more than the token it refuses.
 *
 * From weakest to strongest: OR, AND, NOT, IS, comparison, arithmetic, sign.
 */
import type { InvalidQueryError } from "../errors.ts";
import { malformedQuery } from "../errors.ts";
import type { ComparisonOperator, Expression, Query, SortKey } from "./ast.ts";
import type { Token } from "./lexer.ts";
import { Lexer, RESERVED } from "./lexer.ts";

export const QUERY_LENGTH_MAX = 1_000_000;
/** Parentheses, NOTs and signs within each other. */
export const NESTING_MAX = 199;
/** Depth of the tree when AND and OR take two operands each: the peer's limit, 995 conditions in one chain. */
export const DEPTH_MAX = 994;

const WHERE_PREFIX_BYTES = "select * from table1 where ".length;
const NO_WHERE_PREFIX_BYTES = "select * from table1 ".length;

export function parseQuery(text: string): Query {
  if (text.length > QUERY_LENGTH_MAX) {
    throw malformedQuery(`query is ${text.length} characters, the limit is ${QUERY_LENGTH_MAX}`);
  }
  // A lone surrogate has no place in UTF-8, so it cannot match anything stored.
  return new Parser(text.toWellFormed()).query();
}

const COMPARISONS: ReadonlySet<string> = new Set(["=", "!=", "<>", "<", "<=", ">", ">=", "<=>"]);
const ARITHMETIC: ReadonlySet<string> = new Set(["+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>"]);
const SIGNS: ReadonlySet<string> = new Set(["-", "+", "~", "!"]);

class Parser {
  readonly #text: string;
  readonly #lexer: Lexer;
  #token: Token;
  #following: Token;
  #nesting = 0;
  #prefixBytes = WHERE_PREFIX_BYTES;
  /** End of the token before `#token`. */
  #end = 0;

  constructor(text: string) {
    this.#text = text;
    this.#lexer = new Lexer(text);
    this.#token = this.#lexer.next();
    this.#following = this.#lexer.next();
  }

  query(): Query {
    const isBy = isWord(this.#following, "by");
    if (isBy && (this.#is("group") || this.#is("order"))) this.#prefixBytes = NO_WHERE_PREFIX_BYTES;
    const hasWhere = this.#prefixBytes === WHERE_PREFIX_BYTES && this.#token.kind !== "end";
    const where = hasWhere ? this.#expression() : undefined;
    const groupBy = this.#takeBy("group") ? this.#list(() => this.#expression()) : [];
    const orderBy = this.#takeBy("order") ? this.#list(() => this.#sortKey()) : [];
    const hasLimit = this.#takeWord("limit");
    if (hasLimit) this.#limit();
    this.#takeSymbol(";");
    if (this.#token.kind !== "end") throw this.#syntaxError();
    if (where !== undefined && depthOf(where) > DEPTH_MAX) throw malformedQuery("max ast depth reached");
    return { where, groupBy, orderBy, hasLimit };
  }

  #limit(): void {
    this.#value();
    if (this.#takeSymbol(",") || this.#takeWord("offset")) this.#value();
  }

  #sortKey(): SortKey {
    const key = this.#expression();
    const descending = this.#takeWord("desc");
    if (!descending) this.#takeWord("asc");
    return { key, descending };
  }

  #expression(): Expression {
    return this.#chain("or", "||", () => this.#chain("and", "&&", () => this.#not()));
  }

  #chain(kind: "and" | "or", symbol: string, operand: () => Expression): Expression {
    const at = this.#token.at;
    const first = operand();
    if (!this.#is(kind) && !this.#isSymbol(symbol)) return first;
    const operands = [first];
    while (this.#takeWord(kind) || this.#takeSymbol(symbol)) operands.push(operand());
    return { kind, operands, at };
  }

  #not(): Expression {
    if (!this.#is("not")) return this.#isTest();
    const at = this.#token.at;
    this.#enter();
    const operand = this.#not();
    this.#leave();
    return { kind: "not", operand, at };
  }

  #isTest(): Expression {
    let left = this.#predicate();
    while (this.#is("is")) {
      const at = this.#advance().at;
      const negated = this.#takeWord("not");
      const test = (["NULL", "TRUE", "FALSE"] as const).find((word) => this.#takeWord(word.toLowerCase()));
      if (test === undefined) throw this.#syntaxError();
      left = { kind: "is", left, test, negated, at };
    }
    return left;
  }

  #predicate(): Expression {
    const left = this.#value();
    const at = this.#token.at;
    if (this.#token.kind === "symbol" && COMPARISONS.has(this.#token.text)) {
      const written = this.#advance().text;
      const operator = written === "<>" ? "!=" : (written as ComparisonOperator);
      return { kind: "compare", left, operator, right: this.#value(), at };
    }
    const negated = this.#takeWord("not");
    if (this.#takeWord("in")) return { kind: "in", left, values: this.#tuple(), negated, at };
    if (this.#takeWord("between")) {
      const low = this.#value();
      if (!this.#takeWord("and")) throw this.#syntaxError();
      return { kind: "between", left, low, high: this.#value(), negated, at };
    }
    const operator = this.#wordOperator();
    if (operator !== undefined) {
      const whole: ComparisonOperator = negated ? `NOT ${operator}` : operator;
      return { kind: "compare", left, operator: whole, right: this.#value(), at };
    }
    if (negated) throw this.#syntaxError();
    return left;
  }

  #wordOperator(): "LIKE" | "REGEXP" | "STARTS_WITH" | undefined {
    if (this.#takeWord("like")) return "LIKE";
    if (this.#takeWord("regexp") || this.#takeWord("rlike")) return "REGEXP";
    return this.#takeWord("starts_with") ? "STARTS_WITH" : undefined;
  }

  #tuple(): Expression[] {
    if (!this.#isSymbol("(")) throw this.#syntaxError();
    this.#enter();
    const values = this.#list(() => this.#expression());
    this.#close();
    return values;
  }

  #value(): Expression {
    const first = this.#signed();
    if (!this.#isArithmetic()) return first;
    while (this.#isArithmetic()) {
      this.#advance();
      this.#signed();
    }
    return this.#unoffered("arithmetic", first.at);
  }

  #isArithmetic(): boolean {
    return this.#token.kind === "symbol" && ARITHMETIC.has(this.#token.text);
  }

  #signed(): Expression {
    const sign = this.#token;
    if (sign.kind !== "symbol" || !SIGNS.has(sign.text)) return this.#primary();
    this.#enter();
    const operand = this.#signed();
    this.#leave();
    if (operand.kind !== "number" || sign.text === "~" || sign.text === "!") return this.#unoffered("unary", sign.at);
    const text = sign.text === "+" ? operand.text : negate(operand.text);
    return { kind: "number", text, at: sign.at };
  }

  #primary(): Expression {
    const { kind, text, at } = this.#token;
    if (kind === "string") {
      this.#advance();
      return { kind: "string", value: text, at };
    }
    if (kind === "number") {
      this.#advance();
      return { kind: "number", text, at };
    }
    if (this.#isSymbol("(")) return this.#parenthesized();
    if (this.#takeWord("null")) return { kind: "null", at };
    if (this.#takeWord("true")) return { kind: "boolean", value: true, at };
    if (this.#takeWord("false")) return { kind: "boolean", value: false, at };
    return this.#columnOrCall();
  }

  #columnOrCall(): Expression {
    const { kind, text, at } = this.#token;
    if (kind !== "name" && (kind !== "word" || RESERVED.has(text.toLowerCase()))) throw this.#syntaxError();
    this.#advance();
    if (this.#isSymbol("(")) {
      this.#enter();
      if (!this.#takeSymbol("*") && !this.#isSymbol(")")) this.#list(() => this.#expression());
      this.#close();
      return this.#unoffered("call", at);
    }
    let name = text;
    while (this.#takeSymbol(".")) {
      if (this.#token.kind !== "word" && this.#token.kind !== "name") throw this.#syntaxError();
      name += `.${this.#advance().text}`;
    }
    return { kind: "column", name, at };
  }

  #parenthesized(): Expression {
    const at = this.#token.at;
    this.#enter();
    const [inner, ...others] = this.#list(() => this.#expression());
    this.#close();
    if (inner === undefined || others.length > 0) return this.#unoffered("tuple", at);
    return { kind: "group", inner, at };
  }

  #unoffered(kind: "unary" | "arithmetic" | "tuple" | "call", at: number): Expression {
    return { kind, text: this.#text.slice(at, this.#end), at };
  }

  #list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.#takeSymbol(",")) items.push(item());
    return items;
  }

  /** Takes the token that opens a level. */
  #enter(): void {
    this.#nesting++;
    if (this.#nesting > NESTING_MAX) throw this.#errorAt(this.#token, "max nesting level reached");
    this.#advance();
  }

  #leave(): void {
    this.#nesting--;
  }

  #close(): void {
    if (!this.#takeSymbol(")")) throw this.#syntaxError();
    this.#leave();
  }

  #is(word: string): boolean {
    return isWord(this.#token, word);
  }

  #isSymbol(symbol: string): boolean {
    return this.#token.kind === "symbol" && this.#token.text === symbol;
  }

  #takeWord(word: string): boolean {
    if (!this.#is(word)) return false;
    this.#advance();
    return true;
  }

  #takeSymbol(symbol: string): boolean {
    if (!this.#isSymbol(symbol)) return false;
    this.#advance();
    return true;
  }

  #takeBy(word: string): boolean {
    if (!this.#takeWord(word)) return false;
    if (!this.#takeWord("by")) throw this.#syntaxError();
    return true;
  }

  #advance(): Token {
    const taken = this.#token;
    this.#end = taken.end;
    this.#token = this.#following;
    this.#following = this.#lexer.next();
    return taken;
  }

  #syntaxError(): InvalidQueryError {
    return this.#errorAt(this.#token, "syntax error");
  }

  #errorAt(token: Token, what: string): InvalidQueryError {
    // Of a character that has no place here the peer has read one byte.
    const isByte = token.kind === "bad" && token.text === "\ufffd";
    const read = Buffer.byteLength(this.#text.slice(0, isByte ? token.at : token.end)) + (isByte ? 1 : 0);
    const position = this.#prefixBytes + read + 1;
    const near = nearText(token);
    return malformedQuery(`${what} at position ${position}${near === "" ? "" : ` near '${near}'`}`);
  }
}

function isWord(token: Token, word: string): boolean {
  return token.kind === "word" && token.text.toLowerCase() === word;
}

function negate(text: string): string {
  return text.startsWith("-") ? text.slice(1) : `-${text}`;
}

function nearText(token: Token): string {
  if (token.kind === "symbol") return "";
  const lower = token.text.toLowerCase();
  return token.kind === "word" && RESERVED.has(lower) ? lower : token.text;
}

function depthOf(expression: Expression): number {
  switch (expression.kind) {
    case "and":
    case "or": {
      const last = expression.operands.length - 1;
      // As if nested to the left: the first operand lies deepest, the last one directly below the top.
      return Math.max(...expression.operands.map((operand, i) => Math.min(last, last + 1 - i) + depthOf(operand)));
    }
    case "not":
      return 1 + depthOf(expression.operand);
    case "group":
      return 1 + depthOf(expression.inner);
    default:
      return 0;
  }
}
