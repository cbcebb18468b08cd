/** What an operator has set for one queue. */
export interface QueueSettings {
  /** Tasks of the queue per second; it goes before what workers ask for. */
  readonly ratePerSecond?: number | undefined;
  /** Tasks per second of each fairness key, times its weight. */
  readonly keyRatePerSecond?: number | undefined;
  /** By fairness key; they go before the weights that tasks carry. */
  readonly weights?: ReadonlyMap<string, number> | undefined;
}

const WEIGHT_DEFAULT = 1;
const WEIGHT_MIN = 0.001;
const WEIGHT_MAX = 1_000;

/** The weight that counts for a key: the queue's setting, else the task's own, within what can be told apart. */
export function effectiveWeight(settings: QueueSettings | undefined, key: string, own: number | undefined): number {
  const weight = settings?.weights?.get(key) ?? own ?? WEIGHT_DEFAULT;
  return Math.min(WEIGHT_MAX, Math.max(WEIGHT_MIN, weight));
}
