// A history in `histories/`.

import { historyFromJSON } from "@temporalio/common/lib/proto-utils.js";
import { temporal } from "@temporalio/proto";
import { readdirSync, readFileSync } from "node:fs";

const folder = new URL("./histories/", import.meta.url);

export interface RecordedEvent {
  readonly eventType: string;
  readonly workflowExecutionCompletedEventAttributes?: {
    readonly result?: { readonly payloads?: readonly { readonly data?: string }[] };
  };
}

interface Recorded {
  readonly workflowId: string;
  readonly runId: string;
  readonly history: { readonly events: readonly RecordedEvent[] };
}

export interface RecordedHistory {
  readonly workflowId: string;
  readonly runId: string;
  readonly events: readonly RecordedEvent[];
  /** An encoded `History`. */
  readonly bytes: Uint8Array;
}

export function historyNames(): string[] {
  return readdirSync(folder).filter((name) => name.endsWith(".json"));
}

export function recordedHistory(name: string): RecordedHistory {
  const { workflowId, runId, history } = JSON.parse(readFileSync(new URL(name, folder), "utf8")) as Recorded;
  const bytes = temporal.api.history.v1.History.encode(historyFromJSON(history)).finish();
  return { workflowId, runId, events: history.events, bytes };
}
