/** The humans of the story: one approves large orders, two correct their address while the order is under way. */
import type { Client } from "@temporalio/client";
import type { Address, OrderStatus } from "./order.ts";
import { approvalSignal, changeAddressUpdate } from "./workflows.ts";

const APPROVER = "Mrs Okafor";
const REJECTED = "A-1014";

export interface Correction {
  readonly orderId: string;
  readonly when: "before the crash" | "after the crash";
  readonly address: Address;
}

export const CORRECTIONS: readonly Correction[] = [
  {
    orderId: "A-1009",
    when: "before the crash",
    address: { street: "Mariannenstraße 5", city: "Berlin", postcode: "10997", country: "DE" },
  },
  {
    orderId: "A-1019",
    when: "after the crash",
    address: { street: "21 Dominick Street Lower", city: "Galway", postcode: "H91 X2YC", country: "IE" },
  },
];

/** Sent by mistake: the saga's validator refuses it, and it leaves no trace. */
export const REFUSED_CORRECTION = {
  orderId: "A-1019",
  address: { street: "5 Tooley Street", city: "London", postcode: "SE1 2AA", country: "GB" },
};

/** These are approved before the crash; the others have to wait through it. */
export const APPROVED_EARLY: readonly string[] = ["A-1005", "A-1007"];

export async function decide(client: Client, orderId: string): Promise<void> {
  await client.workflow.getHandle(orderId).signal(approvalSignal, { by: APPROVER, approved: orderId !== REJECTED });
}

export async function correct(
  client: Client,
  { orderId, address }: { orderId: string; address: Address },
): Promise<OrderStatus> {
  return client.workflow.getHandle(orderId).executeUpdate(changeAddressUpdate, { args: [address] });
}
