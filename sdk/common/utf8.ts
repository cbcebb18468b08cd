/** Text ↔ bytes. A sandbox may have no TextEncoder, so there is a plain implementation beside the platform's. */

/** Below this many characters a loop is faster than a call into the platform. */
const SHORT = 32;

const platformEncoder = typeof TextEncoder === "function" ? new TextEncoder() : undefined;
const platformDecoder = typeof TextDecoder === "function" ? new TextDecoder() : undefined;

/** Encode a string as UTF-8; lone surrogates become U+FFFD. */
export function encode(text: string): Uint8Array {
  return (text.length <= SHORT ? encodeAscii(text) : undefined) ?? platformEncoder?.encode(text) ?? encodePlain(text);
}

/** Decode UTF-8; malformed bytes become U+FFFD. */
export function decode(bytes: Uint8Array): string {
  return (
    (bytes.length <= SHORT ? decodeAscii(bytes) : undefined) ?? platformDecoder?.decode(bytes) ?? decodePlain(bytes)
  );
}

function encodeAscii(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 0x7f) return undefined;
    bytes[at] = code;
  }
  return bytes;
}

function decodeAscii(bytes: Uint8Array): string | undefined {
  let text = "";
  for (let at = 0; at < bytes.length; at++) {
    const code = bytes[at] as number;
    if (code > 0x7f) return undefined;
    text += String.fromCharCode(code);
  }
  return text;
}

/** Exported for its test: platforms without TextEncoder use it. */
export function encodePlain(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3);
  let length = 0;
  for (const character of text) {
    const point = character.codePointAt(0) as number;
    const code = point >= 0xd800 && point <= 0xdfff ? 0xfffd : point;
    if (code < 0x80) bytes[length++] = code;
    else if (code < 0x800) {
      bytes[length++] = 0xc0 | (code >> 6);
      bytes[length++] = 0x80 | (code & 0x3f);
    } else {
      if (code < 0x10000) bytes[length++] = 0xe0 | (code >> 12);
      else {
        bytes[length++] = 0xf0 | (code >> 18);
        bytes[length++] = 0x80 | ((code >> 12) & 0x3f);
      }
      bytes[length++] = 0x80 | ((code >> 6) & 0x3f);
      bytes[length++] = 0x80 | (code & 0x3f);
    }
  }
  return bytes.slice(0, length);
}

/** The leading byte's rules: how many follow, and what the first of them must lie between. */
function sequence(lead: number): { following: number; low: number; high: number } | undefined {
  if (lead >= 0xc2 && lead <= 0xdf) return { following: 1, low: 0x80, high: 0xbf };
  if (lead >= 0xe0 && lead <= 0xef) {
    return { following: 2, low: lead === 0xe0 ? 0xa0 : 0x80, high: lead === 0xed ? 0x9f : 0xbf };
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    return { following: 3, low: lead === 0xf0 ? 0x90 : 0x80, high: lead === 0xf4 ? 0x8f : 0xbf };
  }
  return undefined;
}

/** Exported for its test: platforms without TextDecoder use it. */
export function decodePlain(bytes: Uint8Array): string {
  let text = "";
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  for (let at = start; at < bytes.length;) {
    const lead = bytes[at++] as number;
    if (lead < 0x80) {
      text += String.fromCharCode(lead);
      continue;
    }
    const rules = sequence(lead);
    let point = 0xfffd;
    if (rules !== undefined) {
      let { low, high } = rules;
      let value = lead & (0x3f >> rules.following);
      let missing = rules.following;
      for (; missing > 0; missing--) {
        const next = bytes[at];
        if (next === undefined || next < low || next > high) break;
        value = (value << 6) | (next & 0x3f);
        at++;
        low = 0x80;
        high = 0xbf;
      }
      if (missing === 0) point = value;
    }
    text += String.fromCodePoint(point);
  }
  return text;
}
