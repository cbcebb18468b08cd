/** The units in which Go writes durations, in milliseconds. */
export const GO_UNITS_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds of amounts with units, such as "1h30m"; undefined for any other text. */
export function amountsMs(text: string, unitsMs: Readonly<Record<string, number>> = GO_UNITS_MS): number | undefined {
  const amount = `(\\d+(?:\\.\\d+)?)(${Object.keys(unitsMs).join("|")})`;
  if (!new RegExp(`^(?:${amount})+$`).test(text)) return undefined;
  let ms = 0;
  for (const [, count, unit] of text.matchAll(new RegExp(amount, "g")))
    ms += Number(count) * (unitsMs[unit as string] as number);
  return ms;
}
