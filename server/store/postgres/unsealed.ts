import { unseal } from "../sqlite/checksum.ts";

/** What `unseal` gives, as plain bytes: a Buffer is not what other stores give. */
export function unsealed(stored: Buffer, seed: number, name: () => string): Uint8Array {
  const blob = unseal(stored, seed, name);
  return new Uint8Array(blob.buffer, blob.byteOffset, blob.byteLength);
}
