/** What a call is worth when not all can be served. */

/**
 * `progress` finishes work that was accepted, `control` ends or stops work, `poll` fetches it; `work` begins it; `read` and
 * `list` look at it. Calls that are `free` cost nothing and are what clients ask before all others.
 */
export type ApiClass = "free" | "progress" | "control" | "poll" | "work" | "read" | "list";

/** The first have precedence: a class takes from a rate only what those before it leave. */
const ORDER: readonly ApiClass[] = ["free", "progress", "control", "poll", "work", "read", "list"];

const BY_METHOD: Readonly<Record<string, ApiClass>> = {
  GetSystemInfo: "free",
  GetClusterInfo: "free",
  DescribeNamespace: "free",
  ListNamespaces: "read",
  ListSearchAttributes: "read",
  ListTaskQueuePartitions: "read",
  TerminateWorkflowExecution: "control",
  RequestCancelWorkflowExecution: "control",
  DeleteWorkflowExecution: "control",
  ShutdownWorker: "control",
  ResetStickyTaskQueue: "control",
  PollWorkflowTaskQueue: "poll",
  PollActivityTaskQueue: "poll",
  PollNexusTaskQueue: "poll",
  QueryWorkflow: "read",
};

const BY_PREFIX: readonly (readonly [prefix: string, apiClass: ApiClass])[] = [
  ["Respond", "progress"],
  ["Record", "progress"],
  ["Poll", "read"],
  ["Describe", "read"],
  ["Get", "read"],
  ["List", "list"],
  ["Scan", "list"],
  ["Count", "list"],
];

/** What changes a namespace itself has a rate of its own. */
const NAMESPACE_CHANGES: ReadonlySet<string> = new Set(["RegisterNamespace", "UpdateNamespace", "DeprecateNamespace"]);

export function isNamespaceChange(method: string): boolean {
  return NAMESPACE_CHANGES.has(method);
}

export function apiClassOf(method: string): ApiClass {
  return BY_METHOD[method] ?? BY_PREFIX.find(([prefix]) => method.startsWith(prefix))?.[1] ?? "work";
}

/** 0 for the class with most precedence. */
export function rankOf(apiClass: ApiClass): number {
  return ORDER.indexOf(apiClass);
}

export const RANKS = ORDER.length;
