/** The many ways to write one value. */
import type { Random } from "../../base/index.ts";
import { chance, pick, STATUSES } from "./random-rows.ts";

export function textLiteral(random: Random, text: string): string {
  const quote = pick(random, ["'", '"']);
  const escaped = [...text].map((char) => {
    if (char === "\\") return "\\\\";
    if (char !== quote) return char;
    return chance(random, 0.5) ? quote + quote : `\\${quote}`;
  });
  return quote + escaped.join("") + quote;
}

export function numberLiteral(random: Random, number: number): string {
  const plain = Number.isInteger(number) ? BigInt(number).toString() : String(number);
  if (chance(random, 0.2)) return number.toExponential();
  if (Number.isInteger(number) && chance(random, 0.1)) return `${plain}.0`;
  return plain;
}

/** Microseconds as RFC 3339 with any offset, or as nanoseconds. */
export function timeLiteral(random: Random, micros: number): string {
  if (chance(random, 0.25)) return (BigInt(micros) * 1000n).toString();
  const offset = pick(random, ["Z", "+00:00", "+02:00", "-05:30"]);
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)/.exec(offset) ?? [undefined, "+", "0", "0"];
  const shift = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === "+" ? 1 : -1);
  const seconds = new Date(Math.floor(micros / 1000) + shift).toISOString().slice(0, 19);
  const fraction = String(((micros % 1_000_000) + 1_000_000) % 1_000_000).padStart(6, "0");
  const shown = Number(fraction) === 0 && chance(random, 0.5) ? "" : `.${fraction}${pick(random, ["", "000"])}`;
  return textLiteral(random, `${seconds}${shown}${offset}`);
}

export function durationLiteral(random: Random, nanos: number): string {
  const seconds = nanos / 1e9;
  const two = (number: number): string => String(number).padStart(2, "0");
  const clock = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return pick(random, [
    String(nanos),
    textLiteral(random, `${seconds}s`),
    textLiteral(random, `${seconds * 1000}ms`),
    `'${clock}'`,
  ]);
}

export function statusLiteral(random: Random, status: string): string {
  const number = STATUSES.indexOf(status) + 1;
  const long = `WORKFLOW_EXECUTION_STATUS_${status.toUpperCase()}`;
  return pick(random, [String(number), textLiteral(random, status), textLiteral(random, long)]);
}
