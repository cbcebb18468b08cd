/** The load balancer, the metrics and the chat, each invented; what was done is in ledgers. */
import { setTimeout as pause } from "node:timers/promises";
import { Context } from "perdure/activity";
import { Ledger } from "../stage/ledger.ts";
import type { Metrics } from "./rollout.ts";

const DESK_MS = 20;
const BASELINE = 0.02;

/** How a model does in an hour after its start; undefined when nobody knows. */
const MODELS: Readonly<Record<string, (hour: number) => number | undefined>> = {
  steady: () => 0.02,
  /** Has bad hours, but never three in a row. */
  moody: (hour) => (hour % 4 < 2 ? 0.05 : 0.01),
  /** From the fourth day on. */
  leaking: (hour) => (hour > 72 ? 0.02 + (hour - 72) * 0.01 : 0.02),
  broken: () => 0.9,
  /** Its metrics are lost from time to time, and for good. */
  patchy: (hour) => (hour % 7 === 0 ? undefined : 0.02),
  silent: () => undefined,
};

export type Activities = ReturnType<typeof createActivities>;

export function openLedgers(folder: string) {
  return {
    /** `MODEL/PERCENT` */
    traffic: new Ledger<number>(`${folder}/traffic.jsonl`),
    /** `MODEL/HOUR` */
    metrics: new Ledger<number | null>(`${folder}/metrics.jsonl`),
    notes: new Ledger<string>(`${folder}/notes.jsonl`),
  };
}

export function createActivities({ traffic, metrics, notes }: ReturnType<typeof openLedgers>) {
  return {
    /** Says what is to be, not what is to change: asked for twice, it is the same. */
    async setTraffic(service: string, model: string, percent: number): Promise<void> {
      await pause(DESK_MS);
      traffic.once(`${service}/${model}/${percent}`, () => percent);
    },
    async readMetrics(model: string, hour: number): Promise<Metrics> {
      const errorRate = metrics.once(`${model}/${hour}`, () => MODELS[model]?.(hour) ?? null);
      if (errorRate === null) throw new Error(`no metrics of ${model} for hour ${hour}`);
      if (hour % 10 === 0 && Context.current().info.attempt === 1) throw new Error("the metrics are late");
      return { errorRate, baselineErrorRate: BASELINE };
    },
    async notify(service: string, text: string): Promise<void> {
      notes.once(service, () => text);
    },
  };
}
