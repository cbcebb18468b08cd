/** Customers, and what must be in the journal when each has been onboarded or turned away, whatever is killed. */
import type { Customer } from "./customer.ts";

export interface Expected {
  readonly customer: Customer;
  /** Why it is turned away, if it is. */
  readonly reason?: string;
  /** What the systems did, in order. */
  readonly journal: readonly string[];
}

const BEGUN = ["account created", "billing opened", "payment method added"];
const UNDONE = ["billing closed", "account closed"];

export const CUSTOMERS: readonly Expected[] = [
  { customer: customer("acme", {}), journal: [...BEGUN, "crm granted", "welcomed"] },
  { customer: customer("shaky", { products: ["wiki"] }), journal: [...BEGUN, "wiki granted", "welcomed"] },
  {
    customer: customer("tax-free", { vatNumber: "none" }),
    reason: "none is no VAT number",
    journal: ["account created", "account closed"],
  },
  {
    customer: customer("broke", {}),
    reason: "the bank knows no such account",
    journal: ["account created", "billing opened", ...UNDONE],
  },
  {
    customer: customer("old", { products: ["mainframe"] }),
    reason: "mainframe is down",
    journal: [...BEGUN, ...UNDONE],
  },
  {
    customer: customer("shaky-and-old", { products: ["wiki", "mainframe"] }),
    reason: "mainframe is down",
    journal: [...BEGUN, "wiki granted", "wiki revoked", ...UNDONE],
  },
  {
    customer: customer("unreachable", { email: "nowhere" }),
    reason: "nowhere is no address",
    journal: [...BEGUN, "crm granted", "crm revoked", ...UNDONE],
  },
];

export function customer(id: string, given: Partial<Customer>): Customer {
  return { id, name: id, email: `office@${id}.example`, vatNumber: "DE123456789", products: ["crm"], ...given };
}
