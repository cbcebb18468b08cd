/**
 * Onboarding: account, billing, access to each product, and a welcome. Billing and each product are child workflows.
 *
 * 1. Who cannot be onboarded as a whole is not onboarded at all: what was done is undone in reverse order.
 * 2. A child that fails has undone its own steps; its parent undoes children that are done.
 * 3. All products are provisioned side by side, and all of them have ended before anything is undone.
 */
import { saga } from "perdure/extras";
import {
  ActivityFailure,
  ApplicationFailure,
  ChildWorkflowFailure,
  condition,
  defineQuery,
  defineSignal,
  executeChild,
  isCancellation,
  proxyActivities,
  setHandler,
} from "perdure/workflow";
import type { Activities } from "./activities.ts";
import { PRODUCT_WITH_KEY } from "./customer.ts";
import type { Customer, Onboarded } from "./customer.ts";

const OPTIONS = { startToCloseTimeout: "2 seconds", retry: { initialInterval: "100 milliseconds" } } as const;
const { createAccount, openBilling, addPaymentMethod, grantAccess, sendWelcome } = proxyActivities<Activities>({
  ...OPTIONS,
  retry: { ...OPTIONS.retry, maximumAttempts: 4 },
});
/** Without a limit: what was done must be undone. */
const { closeAccount, closeBilling, removePaymentMethod, revokeAccess } = proxyActivities<Activities>(OPTIONS);

/** The steps that have begun. */
export const progressQuery = defineQuery<readonly string[]>("progress");
export const keyHandedOverSignal = defineSignal("keyHandedOver");

export async function onboardCustomer(customer: Customer): Promise<Onboarded> {
  const { id, products } = customer;
  const begun: string[] = [];
  setHandler(progressQuery, () => begun);
  try {
    await saga().run(async (onboarding) => {
      function begin(step: string, undo: () => Promise<void>): void {
        begun.push(step);
        onboarding.add(undo, step); // Before the step runs: one that failed half-way is undone as well.
      }
      begin("account", () => closeAccount(id));
      await createAccount(customer);
      begin("billing", () => closeBilling(id));
      await executeChild(setUpBilling, { workflowId: `${id}/billing`, args: [customer] });
      for (const product of products) begin(`access to ${product}`, () => revokeAccess(id, product));
      await allEnd(
        products.map((product) =>
          executeChild(provisionAccess, { workflowId: `${id}/access/${product}`, args: [id, product] }),
        ),
      );
      await sendWelcome(customer);
    });
    return { kind: "welcome" };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { kind: "turned away", reason: reasonOf(error) };
  }
}

export async function setUpBilling({ id, vatNumber }: Customer): Promise<void> {
  await saga().run(async (billing) => {
    billing.add(() => closeBilling(id));
    await openBilling(id, vatNumber);
    billing.add(() => removePaymentMethod(id));
    await addPaymentMethod(id);
  });
}

export async function provisionAccess(customerId: string, product: string): Promise<void> {
  let hasKey = product !== PRODUCT_WITH_KEY;
  setHandler(keyHandedOverSignal, () => void (hasKey = true));
  if (!(await condition(() => hasKey, "5 days")))
    throw ApplicationFailure.nonRetryable(`nobody fetched the key of ${product}`);
  await grantAccess(customerId, product);
}

/** Waits for all; then throws what the first of them that failed has thrown. */
async function allEnd(promises: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(promises)).find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") throw failed.reason;
}

/** What a system said; anything else is a bug, and fails the task until it is mended. */
function reasonOf(error: unknown): string {
  if (error instanceof ActivityFailure || error instanceof ChildWorkflowFailure) return reasonOf(error.cause);
  if (error instanceof ApplicationFailure) return error.message;
  throw error;
}
