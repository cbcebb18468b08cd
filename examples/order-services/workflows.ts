/**
 * The order saga: reserve, charge, ship, confirm. When a step is refused, what was done is undone in reverse order.
 *
 * 1. A step's undoing is noted before the step runs: a step whose answer was lost is undone as well.
 * 2. Undoing is tried until it succeeds, and is not stopped when the workflow is cancelled.
 * 3. Orders above the limit wait for an approval; nothing is charged before.
 * 4. The customer may change the address or cancel until the parcel goes out.
 */
import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  defineUpdate,
  isCancellation,
  proxyActivities,
  setHandler,
} from "perdure/workflow";
import type { Activities } from "./activities.ts";
import type { Address, Order, OrderStatus, Outcome, Step } from "./order.ts";

const APPROVAL_ABOVE_CENTS = 50_000;

const services = proxyActivities<Activities>({
  startToCloseTimeout: "2 seconds",
  retry: { initialInterval: "100 milliseconds", maximumInterval: "1 minute" },
});

export const statusQuery = defineQuery<OrderStatus>("status");
export const approveSignal = defineSignal<[by: string]>("approve");
export const cancelSignal = defineSignal<[reason: string]>("cancel");
export const changeAddressUpdate = defineUpdate<OrderStatus, [Address]>("changeAddress");

export async function orderSaga(order: Order): Promise<Outcome> {
  const undoings: (() => Promise<void>)[] = [];
  let step: Step = "reserving";
  let address = order.address;
  let approvedBy: string | undefined;
  let cancelReason: string | undefined;

  setHandler(statusQuery, () => ({ step, address }));
  setHandler(approveSignal, (by) => void (approvedBy ??= by));
  setHandler(cancelSignal, (reason) => void (cancelReason ??= reason));
  setHandler(changeAddressUpdate, (changed) => ({ step, address: (address = changed) }), {
    validator: (changed) => assertChangeable(step, changed),
  });

  function begin(next: Step, undoing?: () => Promise<void>): void {
    if (cancelReason !== undefined) throw refusal(`cancelled by the customer: ${cancelReason}`);
    step = next;
    if (undoing !== undefined) undoings.push(undoing);
  }

  try {
    begin("reserving", () => services.release(order.id));
    await services.reserve(order);

    if (order.cents > APPROVAL_ABOVE_CENTS) {
      begin("waiting for approval");
      await condition(() => approvedBy !== undefined || cancelReason !== undefined, "1 day");
      if (approvedBy === undefined && cancelReason === undefined) throw refusal("nobody approved it within a day");
    }

    begin("charging", () => services.refund(order.id));
    await services.charge(order);

    begin("shipping", () => services.recall(order.id));
    const trackingNumber = await services.ship(order.id, address);

    step = "confirming";
    await services.confirm(order.id, `Your order is on its way: ${trackingNumber}`);
    step = "delivered";
    return { kind: "delivered", trackingNumber, address };
  } catch (error) {
    const reason = isCancellation(error) ? undefined : reasonOf(error);
    step = "undoing";
    await CancellationScope.nonCancellable(async () => {
      for (const undo of undoings.reverse()) await undo();
    });
    step = "cancelled";
    if (reason === undefined) throw error;
    return { kind: "cancelled", reason };
  }
}

function assertChangeable(step: Step, changed: Address): void {
  if (step !== "reserving" && step !== "waiting for approval" && step !== "charging")
    throw refusal(`too late to change the address: ${step}`);
  if (changed.street.trim() === "") throw refusal("an address needs a street");
}

function refusal(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, "Refused");
}

/** What somebody said no to; anything else is a bug: nothing is undone for it, and the task is tried until it is mended. */
function reasonOf(error: unknown): string {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure && cause.type === "Refused") return cause.message;
  throw error;
}
