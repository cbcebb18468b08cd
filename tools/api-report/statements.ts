/** Cuts a declaration file into its statements. Comments and strings are stepped over; brackets tell where one ends. */

export interface Statement {
  /** Without comments, on one line where it was one. */
  readonly text: string;
  /** The comment before it, when it is for documentation. */
  readonly doc: string | undefined;
}

const OPENING = new Set(["{", "(", "["]);
const CLOSING = new Set(["}", ")", "]"]);
/** Those that end with their closing bracket; all others end with a semicolon. */
const BLOCK = /^(?:export )?(?:default )?(?:declare )?(?:abstract )?(?:class|interface|namespace|module|enum|global)\b/;

export function statementsOf(source: string): Statement[] {
  const statements: Statement[] = [];
  let text = "";
  let doc: string | undefined;
  let depth = 0;
  const end = () => {
    const trimmed = tidy(text);
    if (trimmed !== "") statements.push({ text: trimmed, doc });
    text = "";
    doc = undefined;
  };
  for (let at = 0; at < source.length;) {
    const length = tokenLength(source, at);
    const token = source.slice(at, at + length);
    at += length;
    if (token.startsWith("/*") || token.startsWith("//")) {
      if (text.trim() === "" && token.startsWith("/**")) doc = token;
      continue;
    }
    text += token;
    if (OPENING.has(token)) depth++;
    else if (CLOSING.has(token)) depth--;
    if (depth === 0 && (token === ";" || (token === "}" && BLOCK.test(text.trim())))) end();
  }
  end();
  return statements;
}

/** Comments and strings are one token, everything else a character. */
function tokenLength(source: string, at: number): number {
  const start = source.slice(at, at + 2);
  if (start === "/*") return source.indexOf("*/", at) + 2 - at;
  if (start === "//") return lengthTo(source, at, "\n");
  const quote = source[at] as string;
  if (quote !== '"' && quote !== "'" && quote !== "`") return 1;
  let end = at + 1;
  while (end < source.length && source[end] !== quote) end += source[end] === "\\" ? 2 : 1;
  return end + 1 - at;
}

function lengthTo(source: string, at: number, text: string): number {
  const end = source.indexOf(text, at);
  return (end === -1 ? source.length : end) - at;
}

function tidy(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line.trim() !== "" && line.trim() !== "#private;")
    .join("\n")
    .trim();
}
