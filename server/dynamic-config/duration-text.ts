import { amountsMs, GO_UNITS_MS } from "../../base/index.ts";

const UNITS_MS = { ...GO_UNITS_MS, d: 86_400_000 };

/** Milliseconds of a text such as "1h30m" or "2d"; digits alone are seconds. undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) * 1000 : amountsMs(text, UNITS_MS);
}
