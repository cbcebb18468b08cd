import type { FieldModel, Kind, MessageModel } from "./model.ts";
import { trusted } from "./opaque.ts";
import { tagOf, wireType } from "./source.ts";

const walk =
  "  let t = 0, to = 0;\n  while (p < end) {\n" +
  "    if ((t = b[p]) < 128) p++; else { t = getTag(b, p, end); p = at; }\n";

/**
 * Writes the functions that check opaque messages: what is carried unread must still be a message, because every worker
 * that later receives it would choke on it. `view<Name>(b, p, end)` checks and gives the bytes.
 */
export class CheckerSource {
  readonly #functions = new Map<string, string>();

  /** The functions that were asked for, and those that they call. */
  functions(): string {
    return [...this.#functions.values()].join("");
  }

  /** The call that reads an opaque message at `p`, of those before `end`, as bytes. */
  view(message: MessageModel): string {
    if (trusted.has(message.fullName)) return "getBytes(b, p, end)";
    const name = `view${message.name}`;
    if (!this.#functions.has(name)) {
      const call = this.#check(message, "b, from, to", "0");
      const body = `  const to = span(b, p, end), from = at;\n  ${call}\n  return getView(b, from, to);\n`;
      this.#functions.set(name, `function ${name}(b, p, end) {\n${body}}\n`);
    }
    return `${name}(b, p, end)`;
  }

  #check(message: MessageModel, range: string, depth: string): string {
    const name = `check${message.name}`;
    const recursive = containsItself(message);
    if (!this.#functions.has(name)) {
      this.#functions.set(name, ""); // Taken, so that a recursive message ends here.
      const inner = recursive ? "depth" : "0";
      const cases = message.fields.map((field) => this.#case(field, inner)).join("");
      this.#functions.set(
        name,
        `function ${name}(b, p, end${recursive ? ", depth" : ""}) {\n${recursive ? "  depth = nest(depth, p);\n" : ""}` +
          `${walk}${cases}    p = skip(b, t, p, end);\n  }\n}\n`,
      );
    }
    return `${name}(${range}${recursive ? `, ${depth}` : ""});`;
  }

  #case(field: FieldModel, depth: string): string {
    const call = field.label === "map" ? this.#entry(field, depth) : this.#content(field.kind, depth);
    if (call === undefined) return "";
    return `    if (t === ${tagOf(field.id, 2)}) { to = span(b, p, end); ${call} p = to; continue; }\n`;
  }

  /** What to do with a value of a length; nothing if any bytes will do. */
  #content(kind: Kind, depth: string): string | undefined {
    if (kind.is === "message" || kind.is === "opaque") return this.#check(kind.message, "b, at, to", depth);
    return kind.is === "scalar" && kind.scalar === "string" ? "checkText(b, at, to);" : undefined;
  }

  #entry(field: FieldModel, depth: string): string {
    const { kind } = field;
    const isMessage = kind.is === "message" || kind.is === "opaque";
    const recursive = isMessage && containsItself(kind.message);
    const value = isMessage ? kind.message.name : kind.is === "enum" ? "int32" : kind.scalar;
    const name = `checkEntry_${field.key}_${value}`;
    if (!this.#functions.has(name)) {
      this.#functions.set(name, "");
      const keyCheck = field.key === "string" ? "checkText(b, at, to);" : undefined;
      const valueCheck = wireType(kind) === 2 ? this.#content(kind, recursive ? "depth" : "0") : undefined;
      const cases = [keyCheck, valueCheck].map((call, i) =>
        call === undefined
          ? ""
          : `    if (t === ${tagOf(i + 1, 2)}) { to = span(b, p, end); ${call} p = to; continue; }\n`,
      );
      const parameters = `b, p, end${recursive ? ", depth" : ""}`;
      this.#functions.set(
        name,
        `function ${name}(${parameters}) {\n${walk}${cases.join("")}    p = skip(b, t, p, end);\n  }\n}\n`,
      );
    }
    return `${name}(b, at, to${recursive ? `, ${depth}` : ""});`;
  }
}

/** Opaque or not, unlike `recursive` of the model. */
function containsItself(message: MessageModel, from = message, seen = new Set<MessageModel>()): boolean {
  return from.fields.some(({ kind }) => {
    if (kind.is !== "message" && kind.is !== "opaque") return false;
    if (kind.message === message) return true;
    if (seen.has(kind.message)) return false;
    seen.add(kind.message);
    return containsItself(message, kind.message, seen);
  });
}
