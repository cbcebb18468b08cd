/** The bank and the post, each with a ledger: what is asked for twice is done once. */
import { setTimeout as pause } from "node:timers/promises";
import { Ledger } from "../stage/ledger.ts";
import type { Application } from "./loan.ts";

export interface Mail {
  readonly to: string;
  readonly text: string;
}

const DESK_MS = 20;

export type Activities = ReturnType<typeof createActivities>;

export function openLedgers(folder: string) {
  return {
    payouts: new Ledger<number>(`${folder}/payouts.jsonl`),
    mails: new Ledger<Mail>(`${folder}/mails.jsonl`),
  };
}

export function createActivities({ payouts, mails }: ReturnType<typeof openLedgers>) {
  return {
    /** Of 100: what is left of an income when the loan is paid back in a year. */
    async score({ euros, incomeEuros }: Application): Promise<number> {
      await pause(DESK_MS);
      return Math.max(0, Math.round(100 * (1 - euros / Math.max(incomeEuros, 1))));
    },
    async payOut({ id, euros }: Application): Promise<void> {
      await pause(DESK_MS);
      payouts.once(id, () => euros);
    },
    async mail(key: string, letter: Mail): Promise<void> {
      mails.once(key, () => letter);
    },
  };
}
