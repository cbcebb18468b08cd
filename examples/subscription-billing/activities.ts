/** The payment provider and the mail, each with a ledger. */
import { setTimeout as pause } from "node:timers/promises";
import { ApplicationFailure, Context } from "perdure/activity";
import { Ledger } from "../stage/ledger.ts";
import { chargeKey } from "./subscription.ts";
import type { Charge } from "./subscription.ts";

export const EXPIRED_CARD = "4000000000000069";
/** Has money on the second try only. */
export const CARD_FILLED_LATE = "4000000000009995";

const PROVIDER_MS = 20;
/** Every fourth month the provider takes the money and does not answer. */
const MONTHS_PER_LOST_ANSWER = 4;

export type Activities = ReturnType<typeof createActivities>;

export function openLedgers(folder: string) {
  return { charges: new Ledger<Charge>(`${folder}/charges.jsonl`), mails: new Ledger<string>(`${folder}/mails.jsonl`) };
}

export function createActivities({ charges, mails }: ReturnType<typeof openLedgers>) {
  return {
    async charge({ tries, ...asked }: Charge & { tries: number }): Promise<void> {
      await pause(PROVIDER_MS);
      const isDeclined = asked.card === EXPIRED_CARD || (asked.card === CARD_FILLED_LATE && tries === 1);
      if (isDeclined) throw ApplicationFailure.nonRetryable("the card was declined", "Declined");
      charges.once(chargeKey(asked), () => asked);
      const isLost = asked.month % MONTHS_PER_LOST_ANSWER === 1 && Context.current().info.attempt === 1;
      if (isLost) throw new Error("the provider did not answer");
    },

    async mail(customerId: string, text: string): Promise<void> {
      const { workflowExecution, activityId } = Context.current().info;
      mails.once(`${workflowExecution?.runId}/${activityId}`, () => `${customerId}: ${text}`);
    },
  };
}
