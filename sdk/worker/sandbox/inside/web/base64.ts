import { DOMException } from "./dom-exception.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

export function btoa(data: unknown): string {
  const text = String(data);
  let out = "";
  for (let index = 0; index < text.length; index += 3) {
    const codes = [0, 1, 2].map((offset) => text.charCodeAt(index + offset));
    if (codes.some((code) => code > 0xff)) throw invalid("The text has characters beyond Latin-1");
    const [a, b, c] = codes as [number, number, number];
    out += ALPHABET.charAt(a >> 2) + ALPHABET.charAt(((a & 3) << 4) | (b >> 4));
    out += Number.isNaN(b) ? "=" : ALPHABET.charAt(((b & 15) << 2) | (c >> 6));
    out += Number.isNaN(c) ? "=" : ALPHABET.charAt(c & 63);
  }
  return out;
}

export function atob(data: unknown): string {
  const text = String(data).replaceAll(/[\t\n\f\r ]/g, "");
  const body = text.length % 4 === 0 ? text.replace(/={1,2}$/, "") : text;
  if (body.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(body)) throw invalid("The text is not base64");
  let out = "";
  let bits = 0;
  let held = 0;
  for (const character of body) {
    bits = ((bits << 6) | ALPHABET.indexOf(character)) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out += String.fromCharCode((bits >> held) & 0xff);
  }
  return out;
}

function invalid(message: string): Error {
  return new DOMException(message, "InvalidCharacterError");
}
