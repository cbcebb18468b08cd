import type { Clock, Log, Random, Timers } from "../../base/index.ts";
import type { HistoryEvent } from "../../api/gen/messages.js";
import type { Matching } from "../matching/matching.ts";
import type { Store } from "../store/store.ts";
import type { AttributeType } from "../store/visibility.ts";
import type { RunState } from "./gen/messages.js";
import type { Kernel, Kind } from "./kernel/index.ts";
import type { Limits } from "./limits.ts";
import type { QueryRegistry } from "./query-registry.ts";

/** What history needs to know of a namespace; the frontend's registry keeps it. */
export interface Namespace {
  /** Stands in every key of the store. */
  readonly number: number;
  readonly id: string;
  readonly name: string;
  /** How long closed runs stay. */
  readonly retentionMs: number;
  /** Type of a search attribute that may be set here; undefined = not defined. */
  attributeType(name: string): AttributeType | undefined;
  /** The field by which an attribute that an execution carries is indexed; undefined = not at all. */
  writtenAttribute(name: string): { readonly field: string; readonly type: AttributeType } | undefined;
}

export interface NamespaceDirectory {
  byNumber(number: number): Namespace | undefined;
  byName(name: string): Namespace | undefined;
  byId(id: string): Namespace | undefined;
}

/** An attempt to tell somebody of the end of a run. */
export interface CallbackDelivery {
  readonly key: { readonly slot: number; readonly id: number };
  /** The part that stands for the callback. */
  readonly part: string;
  readonly url: string;
  readonly header: Readonly<Record<string, string>>;
}

/** What is told, and where. Times are milliseconds since the epoch. */
export interface CallbackCall {
  readonly url: string;
  readonly header: Readonly<Record<string, string>>;
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly startTime: number;
  readonly closeTime: number;
  readonly closeEvent: HistoryEvent;
}

export type CallbackAnswer =
  | { readonly kind: "taken" }
  | { readonly kind: "refused"; readonly message: string; readonly isRetryable: boolean };

export interface CallbackSender {
  /** Never rejects. */
  send(call: CallbackCall): Promise<CallbackAnswer>;
}

/** Everything the decisions of the history service may reach beyond the run they decide on. */
export interface HistoryEnv {
  readonly kernel: Kernel;
  readonly workflowKind: Kind<RunState>;
  readonly store: Store;
  readonly matching: Matching;
  /** Direct queries that wait for a worker, by id. */
  readonly queries: QueryRegistry;
  readonly namespaces: NamespaceDirectory;
  /** The limits of the server's own work; those of a namespace may differ. */
  readonly limits: Limits;
  limitsOf(namespaceName: string): Limits;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
  readonly callbacks: CallbackSender;
  /** Makes an attempt in the background. */
  deliverCallback(delivery: CallbackDelivery): void;
}
