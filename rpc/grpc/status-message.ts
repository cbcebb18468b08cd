/** `grpc-message` is UTF-8, percent-encoded outside printable ASCII, and capped so that it fits in header blocks. */
const messageBytesMax = 4_000;
const plain = /^[\x20-\x24\x26-\x7e]*$/;

export function encodeStatusMessage(message: string): string {
  const capped = cap(message);
  if (plain.test(capped)) return capped;
  let encoded = "";
  for (const byte of Buffer.from(capped, "utf8")) {
    const isPlain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
    encoded += isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}

/** Never fails: what is no valid escape is taken as it stands. */
export function decodeStatusMessage(encoded: string): string {
  if (!encoded.includes("%")) return encoded;
  const bytes: number[] = [];
  for (let at = 0; at < encoded.length; at++) {
    const escape = encoded.charAt(at) === "%" ? /^[0-9a-fA-F]{2}/.exec(encoded.slice(at + 1, at + 3)) : null;
    bytes.push(escape ? Number.parseInt(escape[0], 16) : encoded.charCodeAt(at) & 0xff);
    if (escape) at += 2;
  }
  return Buffer.from(bytes).toString("utf8");
}

function cap(message: string): string {
  if (message.length * 3 <= messageBytesMax) return message;
  const bytes = Buffer.from(message, "utf8");
  if (bytes.length <= messageBytesMax) return message;
  // Cut before a continuation byte would be left behind alone.
  let end = messageBytesMax;
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.toString("utf8", 0, end);
}
