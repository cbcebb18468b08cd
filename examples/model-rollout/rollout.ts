/** The words that the workflow, its activities and its callers share. */
export interface Rollout {
  readonly service: string;
  readonly model: string;
  /** The share of the traffic that goes to the new model until it is promoted. */
  readonly canaryPercent: number;
  readonly days: number;
}

/** Of one hour, of the requests that the new model answered and of those that the old one did. */
export interface Metrics {
  readonly errorRate: number;
  readonly baselineErrorRate: number;
}

export type Verdict = "promote" | "roll back";

export interface Override {
  readonly verdict: Verdict;
  readonly operator: string;
  readonly reason: string;
}

export interface RolloutState {
  readonly phase: "canary" | "promoted" | "rolled back";
  readonly percent: number;
  readonly hoursSeen: number;
  /** Hours whose metrics could not be had: they count for nothing. */
  readonly hoursMissed: number;
  readonly because?: string;
}

/** More than this, and nobody waits for a second bad hour. */
const ERROR_RATE_MAX = 0.2;
/** Worse than the old model by this factor is a bad hour. */
const WORSE_BY = 1.5;
const BAD_HOURS_MAX = 3;

/** Why the new model has to go, as its latest hours say; undefined when it may stay. */
export function complaintAbout(latest: readonly Metrics[]): string | undefined {
  const last = latest.at(-1);
  if (last !== undefined && last.errorRate > ERROR_RATE_MAX) return `${percent(last.errorRate)} errors`;
  const recent = latest.slice(-BAD_HOURS_MAX);
  const isBad = ({ errorRate, baselineErrorRate }: Metrics): boolean => errorRate > WORSE_BY * baselineErrorRate;
  return recent.length === BAD_HOURS_MAX && recent.every(isBad)
    ? `${BAD_HOURS_MAX} bad hours in a row, the last with ${percent(last?.errorRate ?? 0)} errors`
    : undefined;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
