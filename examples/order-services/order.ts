/** The words that the services, the saga and its callers share. */
export interface Address {
  readonly street: string;
  readonly country: string;
}

export interface Order {
  readonly id: string;
  readonly sku: string;
  readonly quantity: number;
  readonly cents: number;
  readonly card: string;
  readonly address: Address;
}

export type Step =
  | "reserving"
  | "waiting for approval"
  | "charging"
  | "shipping"
  | "confirming"
  | "delivered"
  | "undoing"
  | "cancelled";

export interface OrderStatus {
  readonly step: Step;
  readonly address: Address;
}

export type Outcome =
  | { readonly kind: "delivered"; readonly trackingNumber: string; readonly address: Address }
  | { readonly kind: "cancelled"; readonly reason: string };
