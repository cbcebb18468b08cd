import { compactInteger } from "./datetime.ts";

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

const UNIT_NANOS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  "\u00b5s": 1_000n,
  "\u03bcs": 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
};

const NANOS = /^[+-]?\d+$/;
/** The peer reads the three numbers and does not look at what follows them. */
const CLOCK = /^(\d+):(\d+):(\d+)/;
const UNITS = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|\u00b5s|\u03bcs|ms|s|m|h|d))+)$/;
const PART = /(\d*)\.?(\d*)(ns|us|\u00b5s|\u03bcs|ms|s|m|h|d)/g;

/** Nanoseconds of `1500`, `1h30m` (with `d` for 24 hours) or `hh:mm:ss`; undefined when it is none of them. */
export function parseDuration(text: string): number | bigint | undefined {
  if (NANOS.test(text)) return within(BigInt(text.replace(/^\+/, "")));
  const clock = CLOCK.exec(text);
  if (clock !== null) {
    const [hours, minutes, seconds] = clock.slice(1, 4).map(BigInt) as [bigint, bigint, bigint];
    if (minutes > 59n || seconds > 59n) return undefined;
    const nanos = ((hours * 60n + minutes) * 60n + seconds) * 1_000_000_000n;
    return compactInteger(nanos > INT64_MAX ? INT64_MAX : nanos);
  }
  const units = UNITS.exec(text);
  if (units === null) return undefined;
  let nanos = 0n;
  for (const [, whole, fraction, unit] of (units[2] as string).matchAll(PART)) {
    const scale = UNIT_NANOS[unit as string] as bigint;
    nanos += BigInt(whole || "0") * scale;
    if (fraction) nanos += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length);
  }
  return within(units[1] === "-" ? -nanos : nanos);
}

function within(nanos: bigint): number | bigint | undefined {
  return nanos >= INT64_MIN && nanos <= INT64_MAX ? compactInteger(nanos) : undefined;
}
