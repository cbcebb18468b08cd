import { hostHooks, URL_PARTS } from "../host-hooks.ts";
import { URLSearchParams } from "./url-search-params.ts";

type Part = (typeof URL_PARTS)[number];

/** Parsed by the process around, which gives back text only. */
export class URL {
  #parts: Record<Part, string>;
  #params: URLSearchParams | undefined;

  constructor(input: unknown, base?: unknown) {
    const parsed = parse(input, base);
    if (parsed === undefined) throw new TypeError(`Invalid URL: ${String(input)}`);
    this.#parts = parsed;
  }

  static canParse(input: unknown, base?: unknown): boolean {
    return parse(input, base) !== undefined;
  }

  static parse(input: unknown, base?: unknown): URL | null {
    return URL.canParse(input, base) ? new URL(input, base) : null;
  }

  static part(url: URL, part: Part): string {
    return url.#parts[part];
  }

  static change(url: URL, part: Part, value: unknown): void {
    if (part === "href" && !URL.canParse(value)) throw new TypeError(`Invalid URL: ${String(value)}`);
    const parts = parse(hostHooks().changeUrl(url.#parts.href, part, String(value)), undefined);
    if (parts !== undefined) url.#parts = parts;
    if (part !== "hash") url.#params = undefined;
  }

  get searchParams(): URLSearchParams {
    const update = (text: string) => {
      const params = this.#params;
      URL.change(this, "search", text);
      this.#params = params;
    };
    this.#params ??= new URLSearchParams(this.#parts.search, update);
    return this.#params;
  }

  toString(): string {
    return this.#parts.href;
  }

  toJSON(): string {
    return this.#parts.href;
  }
}

for (const part of URL_PARTS) {
  Object.defineProperty(URL.prototype, part, {
    get(this: URL) {
      return URL.part(this, part);
    },
    set:
      part === "origin"
        ? undefined
        : function set(this: URL, value: unknown) {
            URL.change(this, part, value);
          },
    enumerable: true,
    configurable: true,
  });
}

function parse(input: unknown, base: unknown): Record<Part, string> | undefined {
  const text = hostHooks().parseUrl(String(input), base === undefined ? undefined : String(base));
  if (text === undefined) return undefined;
  const values = text.split("\n");
  return Object.fromEntries(URL_PARTS.map((part, index) => [part, values[index] ?? ""])) as Record<Part, string>;
}
