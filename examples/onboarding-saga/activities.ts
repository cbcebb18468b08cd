/** The systems of the company, which write into one journal: what is asked for twice is done once. */
import { setTimeout as pause } from "node:timers/promises";
import { ApplicationFailure, Context } from "perdure/activity";
import { Ledger } from "../stage/ledger.ts";
import type { Customer } from "./customer.ts";

const SYSTEM_MS = 10;
/** Is down for two attempts out of three. */
const SHAKY_PRODUCT = "wiki";
/** Is down for longer than anyone tries. */
const BROKEN_PRODUCT = "mainframe";

export type Activities = ReturnType<typeof createActivities>;
export type Journal = Ledger<string>;

export function openJournal(folder: string): Journal {
  return new Ledger(`${folder}/journal.jsonl`);
}

/** Closing what was never opened does nothing and is not noted. */
const OPPOSITES: Readonly<Record<string, string>> = {
  "account closed": "account created",
  "billing closed": "billing opened",
  "payment method removed": "payment method added",
};

export function createActivities(journal: Journal) {
  async function note(customerId: string, deed: string, opposite = OPPOSITES[deed]): Promise<void> {
    await pause(SYSTEM_MS);
    if (opposite !== undefined && journal.get(`${customerId}/${opposite}`) === undefined) return;
    journal.once(`${customerId}/${deed}`, () => deed);
  }

  function assertUp(product: string): void {
    const { attempt } = Context.current().info;
    if (product === BROKEN_PRODUCT || (product === SHAKY_PRODUCT && attempt < 3)) throw new Error(`${product} is down`);
  }

  return {
    createAccount: ({ id }: Customer) => note(id, "account created"),
    closeAccount: (id: string) => note(id, "account closed"),

    async openBilling(id: string, vatNumber: string): Promise<void> {
      if (!/^[A-Z]{2}\d{9}$/.test(vatNumber)) throw refusal(`${vatNumber} is no VAT number`);
      await note(id, "billing opened");
    },
    closeBilling: (id: string) => note(id, "billing closed"),
    async addPaymentMethod(id: string): Promise<void> {
      if (id.startsWith("broke")) throw refusal("the bank knows no such account");
      await note(id, "payment method added");
    },
    removePaymentMethod: (id: string) => note(id, "payment method removed"),

    async grantAccess(id: string, product: string): Promise<void> {
      assertUp(product);
      await note(id, `${product} granted`);
    },
    async revokeAccess(id: string, product: string): Promise<void> {
      if (product === SHAKY_PRODUCT) assertUp(product);
      await note(id, `${product} revoked`, `${product} granted`);
    },

    async sendWelcome({ id, email }: Customer): Promise<void> {
      if (!email.includes("@")) throw refusal(`${email} is no address`);
      await note(id, "welcomed");
    },
  };
}

function refusal(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, "Refused");
}
