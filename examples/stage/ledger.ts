/**
 * What happened in the world outside, in a file that outlives every process.
 *
 * 1. An entry's key is its idempotency key: asked again, the work is not done again, and the answer is the one of before.
 * 2. Nothing is changed or removed; a repeat is a line of its own, so that an audit sees it.
 * 3. A line is one write: a process that is killed leaves whole lines.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

type Line<Value> = { readonly key: string; readonly value: Value } | { readonly key: string; readonly repeated: true };

export class Ledger<Value> {
  readonly #file: string;
  readonly #entries = new Map<string, Value>();
  readonly #repeats = new Map<string, number>();

  /** Reads what is there. One process at a time writes; others may read by opening it themselves. */
  constructor(file: string) {
    this.#file = file;
    mkdirSync(dirname(file), { recursive: true });
    const text = existsSync(file) ? readFileSync(file, "utf8") : "";
    // What follows the last line end is being written by another process.
    for (const line of text.split("\n").slice(0, -1)) this.#read(JSON.parse(line) as Line<Value>);
  }

  /** The value under this key: what `make` gives when the key is new, else what stands there. */
  once(key: string, make: () => Value): Value {
    const before = this.#entries.get(key);
    if (before !== undefined) {
      this.#write({ key, repeated: true });
      return before;
    }
    const value = make();
    this.#write({ key, value });
    return value;
  }

  get(key: string): Value | undefined {
    return this.#entries.get(key);
  }

  /** In the order in which they were written. */
  entries(): ReadonlyMap<string, Value> {
    return this.#entries;
  }

  /** How often each key came again after its entry was written. */
  repeats(): ReadonlyMap<string, number> {
    return this.#repeats;
  }

  #write(line: Line<Value>): void {
    appendFileSync(this.#file, `${JSON.stringify(line)}\n`);
    this.#read(line);
  }

  #read(line: Line<Value>): void {
    if ("repeated" in line) this.#repeats.set(line.key, (this.#repeats.get(line.key) ?? 0) + 1);
    else this.#entries.set(line.key, line.value);
  }
}
