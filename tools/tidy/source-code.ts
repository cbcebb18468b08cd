/**
 * A source text with what is not code blanked out: comments always, and what stands in quotes where asked.
 *
 * 1. The result has the same length and the same line breaks, so that offsets and lines stay true.
 * 2. Code inside `${…}` of a template stays code.
 * 3. A slash begins a regular expression where an expression may begin: after an operator, an opening bracket, a
 *    keyword or at the start. That is a guess, and right for code that is formatted by a formatter.
 */
export type Keep = "strings" | "only code";

interface Scan {
  readonly text: string;
  readonly keep: Keep;
  readonly out: string[];
  at: number;
  /** The last code character that is not white space, which decides what a slash means. */
  last: string;
}

export function blank(text: string, keep: Keep): string {
  const scan: Scan = { text, keep, out: [], at: 0, last: "" };
  code(scan, "");
  return scan.out.join("");
}

/** Copies code up to the closing brace that ends a template's hole, or to the end of the text. */
function code(scan: Scan, until: "" | "}"): void {
  let depth = 0;
  while (scan.at < scan.text.length) {
    const c = scan.text[scan.at] as string;
    if (c === "/" && skipSlash(scan)) continue;
    if (c === '"' || c === "'") {
      quoted(scan, c);
      continue;
    }
    if (c === "`") {
      template(scan);
      continue;
    }
    if (until === "}" && c === "{") depth++;
    if (until === "}" && c === "}" && depth-- === 0) return;
    copy(scan, c);
  }
}

function copy(scan: Scan, c: string): void {
  scan.out.push(c);
  scan.at++;
  if (!/\s/.test(c)) scan.last = c;
}

/** Blanks the text up to `end`, but for its line breaks. */
function blankTo(scan: Scan, end: number): void {
  scan.out.push(scan.text.slice(scan.at, end).replace(/[^\n]/g, " "));
  scan.at = end;
}

function literalTo(scan: Scan, end: number): void {
  if (scan.keep === "only code") blankTo(scan, end);
  else {
    scan.out.push(scan.text.slice(scan.at, end));
    scan.at = end;
  }
}

function skipSlash(scan: Scan): boolean {
  const { text, at } = scan;
  const next = text[at + 1];
  if (next === "/" || next === "*") {
    const found = next === "/" ? text.indexOf("\n", at) : text.indexOf("*/", at + 2) + 2;
    blankTo(scan, found < (next === "/" ? 0 : 2) ? text.length : found);
    return true;
  }
  if (!(scan.last === "" || /[(,=:[!&|?{};+\-*%<>~^]/.test(scan.last) || afterKeyword(scan))) return false;
  const end = regexEnd(text, at);
  if (end === undefined) return false;
  literalTo(scan, end);
  scan.last = "/";
  return true;
}

function afterKeyword(scan: Scan): boolean {
  return /\b(return|typeof|case|in|of|throw|await|yield)\s*$/.test(scan.text.slice(Math.max(0, scan.at - 12), scan.at));
}

function regexEnd(text: string, start: number): number | undefined {
  let inClass = false;
  for (let at = start + 1; at < text.length; at++) {
    const c = text[at];
    if (c === "\n") return undefined;
    if (c === "\\") at++;
    else if (c === "[") inClass = true;
    else if (c === "]") inClass = false;
    else if (c === "/" && !inClass) return at + 1;
  }
  return undefined;
}

function quoted(scan: Scan, quote: string): void {
  let end = scan.at + 1;
  while (end < scan.text.length && scan.text[end] !== quote && scan.text[end] !== "\n") {
    end += scan.text[end] === "\\" ? 2 : 1;
  }
  literalTo(scan, Math.min(end + 1, scan.text.length));
  scan.last = quote;
}

function template(scan: Scan): void {
  let end = scan.at + 1;
  while (end < scan.text.length && scan.text[end] !== "`") {
    if (scan.text[end] === "$" && scan.text[end + 1] === "{") {
      literalTo(scan, end);
      copy(scan, "$");
      copy(scan, "{");
      code(scan, "}");
      if (scan.at < scan.text.length) copy(scan, "}");
      end = scan.at;
      continue;
    }
    end += scan.text[end] === "\\" ? 2 : 1;
  }
  literalTo(scan, Math.min(end + 1, scan.text.length));
  scan.last = "`";
}
