/** What the shop, its workflow and its people say to each other: plain data. */
export interface Address {
  readonly street: string;
  readonly city: string;
  readonly postcode: string;
  readonly country: string;
}

export interface OrderLine {
  readonly sku: string;
  readonly quantity: number;
  readonly unitCents: number;
}

export interface Order {
  readonly id: string;
  readonly customer: string;
  readonly address: Address;
  readonly card: string;
  readonly lines: readonly OrderLine[];
}

export type Step =
  | "reserving"
  | "waiting for approval"
  | "charging"
  | "packing"
  | "shipping"
  | "undoing"
  | "shipped"
  | "cancelled";

export interface OrderStatus {
  readonly step: Step;
  readonly address: Address;
}

export interface Approval {
  readonly by: string;
  readonly approved: boolean;
}

export type Outcome =
  | { readonly kind: "shipped"; readonly trackingNumber: string; readonly address: Address }
  | { readonly kind: "cancelled"; readonly reason: string };

export function totalCents(order: Order): number {
  return order.lines.reduce((sum, line) => sum + line.quantity * line.unitCents, 0);
}

export function describeOutcome(outcome: Outcome): string {
  return outcome.kind === "shipped" ? "shipped" : `cancelled: ${outcome.reason}`;
}
