/**
 * The `grpc-timeout` header: at most eight digits and a unit. Encoding rounds up, so that the server never gives up
 * before its client does.
 */
const unitMs: Readonly<Record<string, number>> = {
  n: 1e-6,
  u: 1e-3,
  m: 1,
  S: 1_000,
  M: 60_000,
  H: 3_600_000,
};

const digitsMax = 99_999_999;

/** Undefined when the text is no time-out. */
export function parseTimeoutMs(text: string): number | undefined {
  const unit = unitMs[text.charAt(text.length - 1)];
  if (unit === undefined || text.length < 2 || text.length > 9) return undefined;
  let digits = 0;
  for (let at = 0; at < text.length - 1; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return undefined;
    digits = digits * 10 + digit;
  }
  return digits * unit;
}

export function formatTimeout(ms: number): string {
  if (ms <= 0) return "0m";
  if (ms <= digitsMax) return `${Math.ceil(ms)}m`;
  if (ms <= digitsMax * 1_000) return `${Math.ceil(ms / 1_000)}S`;
  return `${Math.min(digitsMax, Math.ceil(ms / 3_600_000))}H`;
}
