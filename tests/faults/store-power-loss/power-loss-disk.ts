/**
 * A disk at the moment the power fails. What was synced is there; of what was not, any part may be.
 *
 * 1. A sync makes every earlier write and truncation of its file durable.
 * 2. Of the others each is kept or lost by chance, and a write may be torn: each of its sectors is kept or lost.
 *    What is kept takes effect in the order of the calls.
 * 3. Creations and removals become durable in their order, and surely only when their folder is synced.
 */
import type { Random } from "../../../base/index.ts";
import type { LoggedCall } from "./write-log.ts";

const SECTOR_BYTES = 512;

type Change =
  | { readonly kind: "write"; readonly offset: number; readonly data: Uint8Array }
  | { readonly kind: "truncate"; readonly size: number };

interface Inode {
  content: Buffer;
  size: number;
  readonly pending: Change[];
}

interface NameChange {
  readonly file: string;
  /** undefined: the name is removed. */
  readonly inode: Inode | undefined;
}

export class PowerLossDisk {
  /** Names as the running process sees them, and as they are surely on disk. */
  readonly #current = new Map<string, Inode>();
  readonly #durable = new Map<string, Inode>();
  readonly #pendingNames: NameChange[] = [];

  apply(call: LoggedCall): void {
    switch (call.op) {
      case "create":
        return this.#name(call.file, { content: Buffer.alloc(0), size: 0, pending: [] });
      case "unlink":
        return this.#name(call.file, undefined);
      case "syncFolder":
        for (const change of this.#pendingNames.splice(0)) rename(this.#durable, change);
        return;
      case "write":
        this.#inode(call.file).pending.push({ kind: "write", offset: call.offset, data: call.data });
        return;
      case "truncate":
        this.#inode(call.file).pending.push({ kind: "truncate", size: call.offset });
        return;
      case "sync": {
        const inode = this.#inode(call.file);
        for (const change of inode.pending.splice(0)) settle(inode, change);
        return;
      }
    }
  }

  /** Files of one possible disk; the chance that an unsynced change survives is drawn first. */
  image(random: Random): Map<string, Uint8Array> {
    const survival = [0, 0.1, 0.5, 0.9, 1][Math.floor(random.next() * 5)] as number;
    const names = new Map(this.#durable);
    const kept = Math.floor(random.next() * (this.#pendingNames.length + 1));
    for (const change of this.#pendingNames.slice(0, kept)) rename(names, change);
    return new Map([...names].map(([file, inode]) => [file, survivor(inode, survival, random)]));
  }

  /** Whether the image is what the running process saw. */
  isWhole(image: ReadonlyMap<string, Uint8Array>): boolean {
    if (image.size !== this.#current.size) return false;
    return [...this.#current].every(([file, inode]) => {
      const whole: Inode = { content: Buffer.from(inode.content), size: inode.size, pending: [] };
      for (const change of inode.pending) settle(whole, change);
      const found = image.get(file);
      return found !== undefined && Buffer.compare(whole.content.subarray(0, whole.size), found) === 0;
    });
  }

  #inode(file: string): Inode {
    const inode = this.#current.get(file);
    if (inode !== undefined) return inode;
    this.#name(file, { content: Buffer.alloc(0), size: 0, pending: [] });
    return this.#current.get(file) as Inode;
  }

  #name(file: string, inode: Inode | undefined): void {
    rename(this.#current, { file, inode });
    this.#pendingNames.push({ file, inode });
  }
}

function rename(names: Map<string, Inode>, change: NameChange): void {
  if (change.inode === undefined) names.delete(change.file);
  else names.set(change.file, change.inode);
}

function survivor(inode: Inode, survival: number, random: Random): Uint8Array {
  if (inode.pending.length === 0) return inode.content.subarray(0, inode.size);
  const copy: Inode = { content: Buffer.from(inode.content), size: inode.size, pending: [] };
  for (const change of inode.pending) {
    if (random.next() < 0.1) tear(copy, change, random);
    else if (random.next() < survival) settle(copy, change);
  }
  return copy.content.subarray(0, copy.size);
}

function tear(inode: Inode, change: Change, random: Random): void {
  if (change.kind === "truncate") return;
  const end = change.offset + change.data.length;
  for (let at = change.offset; at < end;) {
    const next = Math.min(end, (Math.floor(at / SECTOR_BYTES) + 1) * SECTOR_BYTES);
    const data = change.data.subarray(at - change.offset, next - change.offset);
    if (random.next() < 0.5) settle(inode, { kind: "write", offset: at, data });
    at = next;
  }
}

function settle(inode: Inode, change: Change): void {
  if (change.kind === "truncate") {
    if (change.size < inode.size) inode.content.fill(0, change.size, inode.size);
    else reserve(inode, change.size);
    inode.size = change.size;
    return;
  }
  const end = change.offset + change.data.length;
  reserve(inode, end);
  inode.content.set(change.data, change.offset);
  inode.size = Math.max(inode.size, end);
}

function reserve(inode: Inode, size: number): void {
  if (inode.content.length >= size) return;
  const larger = Buffer.alloc(Math.max(size, inode.content.length * 2));
  inode.content.copy(larger);
  inode.content = larger;
}
