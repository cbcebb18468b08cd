import type { Clock, Log, Random, Timers } from "../../base/index.ts";
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
}
