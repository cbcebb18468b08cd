import { headerFieldBytes, type HeaderField } from "./header-field.ts";

/**
 * The dynamic table of one direction of one connection (RFC 7541 §2.3.2): newest entry first, evicted from the old end
 * when the sizes exceed the maximum. Kept as a ring so that an insertion moves nothing.
 */
export class DynamicTable {
  /** Entries inserted since the connection began; entry number n (counted from 0) has index `inserted - 1 - n`. */
  inserted = 0;
  count = 0;
  bytes = 0;
  bytesMax: number;
  /** Called for each entry that leaves, with its number. */
  onEvict: ((field: HeaderField, number: number) => void) | undefined;
  #ring: Array<HeaderField | undefined> = Array.from({ length: 32 });

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  /** Entry by age: 0 is the newest. */
  at(age: number): HeaderField | undefined {
    return age < this.count ? this.#ring[(this.inserted - 1 - age) & (this.#ring.length - 1)] : undefined;
  }

  /** An entry larger than the whole table empties it; that is no error (RFC 7541 §4.4). */
  insert(field: HeaderField): boolean {
    const bytes = headerFieldBytes(field);
    this.#evictTo(this.bytesMax - bytes);
    if (bytes > this.bytesMax) return false;
    if (this.count === this.#ring.length) this.#grow();
    this.#ring[this.inserted++ & (this.#ring.length - 1)] = field;
    this.count++;
    this.bytes += bytes;
    return true;
  }

  resize(bytesMax: number): void {
    this.bytesMax = bytesMax;
    this.#evictTo(bytesMax);
  }

  #evictTo(bytes: number): void {
    while (this.count > 0 && this.bytes > bytes) {
      const number = this.inserted - this.count;
      const slot = number & (this.#ring.length - 1);
      const field = this.#ring[slot]!;
      this.#ring[slot] = undefined;
      this.count--;
      this.bytes -= headerFieldBytes(field);
      this.onEvict?.(field, number);
    }
  }

  #grow(): void {
    const ring: Array<HeaderField | undefined> = Array.from({ length: this.#ring.length * 2 });
    for (let number = this.inserted - this.count; number < this.inserted; number++) {
      ring[number & (ring.length - 1)] = this.#ring[number & (this.#ring.length - 1)];
    }
    this.#ring = ring;
  }
}
