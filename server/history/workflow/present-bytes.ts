/** Messages kept as bytes are empty when they were never sent. */
export function presentBytes(bytes: Uint8Array): Uint8Array | undefined {
  return bytes.length === 0 ? undefined : bytes;
}
