/**
 * The order saga: reserve, charge, pack, ship; what was done is undone in reverse when a step fails for good.
 *
 * 1. A step's undoing is noted before the step runs: a step that failed half-way is undone as well.
 * 2. Undoing does nothing where there is nothing to undo, and is tried until it succeeds.
 * 3. Orders above the limit wait for a human; nothing is charged before.
 * 4. The address may change until the parcel goes to the carrier, and only within the country.
 */
import {
  ActivityFailure,
  ApplicationFailure,
  condition,
  defineQuery,
  defineSignal,
  defineUpdate,
  proxyActivities,
  setHandler,
} from "@temporalio/workflow";
import type { Activities } from "./activities.ts";
import { totalCents } from "./order.ts";
import type { Address, Approval, Order, OrderStatus, Outcome, Step } from "./order.ts";

const APPROVAL_ABOVE_CENTS = 50_000;

const { reserve, charge, ship, release, refund } = proxyActivities<Activities>({
  startToCloseTimeout: "10 seconds",
  retry: { initialInterval: "200 milliseconds", backoffCoefficient: 1.5 },
});

/** Packing takes as long as it takes; a packer who stops reporting is replaced. */
const { pack } = proxyActivities<Activities>({
  startToCloseTimeout: "2 minutes",
  heartbeatTimeout: "10 seconds",
  retry: { initialInterval: "200 milliseconds", backoffCoefficient: 1.5 },
});

export const statusQuery = defineQuery<OrderStatus>("status");
export const approvalSignal = defineSignal<[Approval]>("approval");
export const changeAddressUpdate = defineUpdate<OrderStatus, [Address]>("changeAddress");

export async function orderSaga(order: Order): Promise<Outcome> {
  let step: Step = "reserving";
  let address = order.address;
  let approval: Approval | undefined;
  const undo: (() => Promise<void>)[] = [];

  setHandler(statusQuery, () => ({ step, address }));
  setHandler(approvalSignal, (given) => void (approval ??= given));
  setHandler(
    changeAddressUpdate,
    (changed) => {
      address = changed;
      return { step, address };
    },
    { validator: (changed) => assertChangeable({ step, address, changed }) },
  );

  try {
    undo.push(() => release(order.id));
    await reserve(order);

    if (totalCents(order) > APPROVAL_ABOVE_CENTS) {
      step = "waiting for approval";
      await condition(() => approval !== undefined, "5 minutes");
      if (!approval?.approved) throw refusal(`not approved by ${approval?.by ?? "anyone in time"}`);
    }

    step = "charging";
    undo.push(() => refund(order.id));
    await charge(order);

    step = "packing";
    await pack(order);

    step = "shipping";
    const trackingNumber = await ship({ orderId: order.id, address });
    step = "shipped";
    return { kind: "shipped", trackingNumber, address };
  } catch (error) {
    step = "undoing";
    for (const undoStep of undo.reverse()) await undoStep();
    step = "cancelled";
    return { kind: "cancelled", reason: reasonOf(error) };
  }
}

function assertChangeable({ step, address, changed }: OrderStatus & { changed: Address }): void {
  const late = step === "shipping" || step === "undoing" || step === "shipped" || step === "cancelled";
  if (late) throw refusal(`too late to change the address: ${step}`);
  if (changed.country !== address.country)
    throw refusal(`we cannot reroute from ${address.country} to ${changed.country}`);
}

function refusal(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, "Refused");
}

/** What the shop said no to; anything else is no business outcome and fails the workflow. */
function reasonOf(error: unknown): string {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure && cause.type === "Refused") return cause.message;
  throw error;
}
