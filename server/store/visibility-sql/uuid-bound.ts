/** Texts compared with UUIDs that are stored as 16 bytes: the order of the bytes is that of the canonical texts. */

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TEXT_LENGTH = 36;
const DASHES: ReadonlySet<number> = new Set([8, 13, 18, 23]);
const DIGITS = "0123456789abcdef";

/** The bytes of a UUID in canonical lower case; undefined for any other text. */
export function uuidBlob(text: string): Uint8Array | undefined {
  return UUID.test(text) ? blobOf(text) : undefined;
}

/** The bytes of the least UUID that is not below the text; undefined when the text is above every UUID. */
export function uuidBound(text: string): Uint8Array | undefined {
  let matched = "";
  for (let i = 0; i < TEXT_LENGTH; i++) {
    const char = text[i];
    if (char === undefined) return padded(matched, "0");
    if (DASHES.has(i)) {
      if (char < "-") return padded(matched, "0");
      if (char > "-") return above(matched);
      matched += "-";
      continue;
    }
    const digit = [...DIGITS].find((one) => one >= char);
    if (digit === undefined) return above(matched);
    matched += digit;
    if (digit !== char) return padded(matched, "0");
  }
  return text.length === TEXT_LENGTH ? blobOf(matched) : above(matched);
}

/** The first and the last UUID that start with the prefix; undefined when none can. */
export function uuidPrefixRange(prefix: string): { low: Uint8Array; high: Uint8Array } | undefined {
  if (prefix.length > TEXT_LENGTH) return undefined;
  const low = padded(prefix, "0");
  const high = padded(prefix, "f");
  return low === undefined || high === undefined ? undefined : { low, high };
}

/** The least UUID above every UUID with these first characters. */
function above(start: string): Uint8Array | undefined {
  const raised = start.replace(/([0-9a-e])([-f]*)$/, (_, digit: string) => DIGITS[DIGITS.indexOf(digit) + 1] as string);
  // Only f's: nothing is above.
  return raised === start ? undefined : padded(raised, "0");
}

function padded(start: string, digit: "0" | "f"): Uint8Array | undefined {
  let text = start;
  while (text.length < TEXT_LENGTH) text += DASHES.has(text.length) ? "-" : digit;
  return uuidBlob(text);
}

function blobOf(uuid: string): Uint8Array {
  return Uint8Array.from(Buffer.from(uuid.replaceAll("-", ""), "hex"));
}
