/** The words that the workflow, its activities and its callers share. */
export interface Subscription {
  readonly customerId: string;
  readonly card: string;
  readonly priceCents: number;
  /** The first charge; those of the next months come on the same day. ISO date, UTC. */
  readonly firstChargeOn: string;
  readonly months: number;
  /** What earlier runs have charged. */
  readonly charged: Charged;
}

export interface Charged {
  readonly months: number;
  readonly cents: number;
}

export interface Charge {
  readonly customerId: string;
  readonly card: string;
  /** 0 is the first. */
  readonly month: number;
  readonly cents: number;
  /** ISO date. */
  readonly on: string;
}

export interface SubscriptionAccount extends Charged {
  readonly priceCents: number;
  readonly nextChargeOn: string;
}

export interface Ended extends Charged {
  readonly because: "the term is over" | "cancelled" | "unpaid";
}

/** A payment is a month's: asked for twice, it is made once. */
export function chargeKey({ customerId, month }: Pick<Charge, "customerId" | "month">): string {
  return `${customerId}/${String(month + 1).padStart(2, "0")}`;
}

/** The same day in a later month, or that month's last day when it is shorter. */
export function monthsAfter(date: string, months: number): Date {
  const first = new Date(date);
  const day = first.getUTCDate();
  const lastDay = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + months + 1, 0)).getUTCDate();
  return new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + months, Math.min(day, lastDay)));
}
