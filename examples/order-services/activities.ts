/** The steps of the saga: calls of the services. The order's id is the idempotency key, so each may run more than once. */
import { ApplicationFailure, Context } from "perdure/activity";
import type { Request } from "./http-service.ts";
import type { Address, Order } from "./order.ts";
import type { ServiceName } from "./services.ts";

export type Activities = ReturnType<typeof createActivities>;

export function createActivities(urls: Readonly<Record<ServiceName, string>>) {
  async function call(service: ServiceName, operation: string, request: Request) {
    const response = await fetch(`${urls[service]}/${operation}`, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": `${request.orderId}/${operation}` },
      body: JSON.stringify(request),
      signal: Context.current().cancellationSignal,
    });
    if (response.status !== 200 && response.status !== 422) throw new Error(`${service} answered ${response.status}`);
    const answer = (await response.json()) as Readonly<Record<string, string>>;
    if (response.status === 422) throw ApplicationFailure.nonRetryable(answer.reason, "Refused");
    return answer;
  }

  return {
    async reserve({ id, sku, quantity }: Order): Promise<void> {
      await call("inventory", "reserve", { orderId: id, sku, quantity });
    },
    async release(orderId: string): Promise<void> {
      await call("inventory", "release", { orderId });
    },
    async charge({ id, cents, card }: Order): Promise<void> {
      await call("payment", "charge", { orderId: id, cents, card });
    },
    async refund(orderId: string): Promise<void> {
      await call("payment", "refund", { orderId });
    },
    async ship(orderId: string, address: Address): Promise<string> {
      const { trackingNumber = "" } = await call("shipping", "ship", { orderId, address });
      return trackingNumber;
    },
    async recall(orderId: string): Promise<void> {
      await call("shipping", "recall", { orderId });
    },
    async confirm(orderId: string, text: string): Promise<void> {
      await call("confirmation", "confirm", { orderId, text });
    },
  };
}
