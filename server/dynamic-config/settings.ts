/**
 * Every key of the dynamic configuration that this server honours. docs/reference/dynamic-config.md is written from it
 * (`node server/dynamic-config/reference-page.ts`), a test holds the two together.
 */
import { addresses, decimal, duration, integer, rates, toggle } from "./setting.ts";
import type { Setting } from "./setting.ts";

const MIB = 1024 * 1024;
const DAY_MS = 24 * 3_600_000;

/** Limits of executions. */
export const limitSettings = {
  blobBytesMax: integer(["limit.blobSize.error", "namespace", "Bytes of one payload field."], 2 * MIB),
  blobBytesWarn: integer(
    ["limit.blobSize.warn", "namespace", "So many bytes are kept of a failure that is too large."],
    MIB / 2,
  ),
  memoBytesMax: integer(["limit.memoSize.error", "namespace", "Bytes of a memo."], 2 * MIB),
  historyBytesMax: integer(
    ["limit.historySize.error", "namespace", "Bytes of a history; beyond, the run is terminated."],
    50 * MIB,
  ),
  historyEventsMax: integer(
    ["limit.historyCount.error", "namespace", "Events of a history; beyond, the run is terminated."],
    51_200,
  ),
  historyBytesSuggestContinueAsNew: integer(
    [
      "limit.historySize.suggestContinueAsNew",
      "namespace",
      "From this size on workers are told that the run should continue as new.",
    ],
    4 * MIB,
  ),
  historyEventsSuggestContinueAsNew: integer(
    ["limit.historyCount.suggestContinueAsNew", "namespace", "The same, by the count of events."],
    4_096,
  ),
  pendingActivitiesMax: integer(
    ["limit.numPendingActivities.error", "namespace", "Activities of a run that are not closed."],
    2_000,
  ),
  pendingChildrenMax: integer(
    ["limit.numPendingChildExecutions.error", "namespace", "Children of a run that are not closed."],
    2_000,
  ),
  pendingSignalsMax: integer(
    ["limit.numPendingSignals.error", "namespace", "Signals of a run to others that are on their way."],
    2_000,
  ),
  pendingCancelsMax: integer(
    ["limit.numPendingCancelRequests.error", "namespace", "Cancel requests of a run to others that are on their way."],
    2_000,
  ),
  signalsPerRunMax: integer(
    ["history.maximumSignalsPerExecution", "namespace", "Signals that a run takes in its life."],
    10_000,
  ),
  bufferedEventsMax: integer(
    ["history.maximumBufferedEventsBatch", "namespace", "Events that wait for a workflow task to end."],
    100,
  ),
  bufferedBytesMax: integer(["history.maximumBufferedEventsSizeInBytes", "namespace", "The same, in bytes."], 2 * MIB),
  bufferedQueriesMax: integer(
    ["history.MaxBufferedQueryCount", "namespace", "Queries that wait for a workflow task of a run."],
    1,
  ),
  updatesInFlightMax: integer(
    ["history.maxInFlightUpdates", "namespace", "Updates of a run that are neither completed nor rejected."],
    10,
  ),
  updatesInFlightBytesMax: integer(
    ["history.maxInFlightUpdatePayloads", "namespace", "The same, in bytes of their requests."],
    20 * MIB,
  ),
  updatesPerRunMax: integer(["history.maxTotalUpdates", "namespace", "Updates that a run takes in its life."], 2_000),
  updatesSuggestContinueAsNew: decimal(
    [
      "history.maxTotalUpdates.suggestContinueAsNewThreshold",
      "namespace",
      "From this share of them on workers are told that the run should continue as new.",
    ],
    0.9,
  ),
  callbacksPerRunMax: integer(["callback.maxPerExecution", "namespace", "Completion callbacks of a run."], 2_000),
  activityFailureBytesMax: integer(
    [
      "limit.mutableStateActivityFailureSize.error",
      "namespace",
      "So many bytes are kept of the failure of an activity's last attempt.",
    ],
    4 * 1024,
  ),
  stateBytesMax: integer(
    ["limit.mutableStateSize.error", "namespace", "Bytes that a run keeps beside its history."],
    8 * MIB,
  ),
  transactionBytesMax: integer(
    ["system.transactionSizeLimit", "namespace", "Bytes that one decision may add to a run."],
    4 * MIB,
  ),
  idBytesMax: integer(["limit.maxIDLength", "server", "Bytes of an id or a name."], 1_000),
  attributesMax: integer(
    ["frontend.searchAttributesNumberOfKeysLimit", "namespace", "Search attributes of one request or command."],
    100,
  ),
  valueBytesMax: integer(
    ["frontend.searchAttributesSizeOfValueLimit", "namespace", "Bytes of the value of a search attribute."],
    2 * 1024,
  ),
  totalBytesMax: integer(
    [
      "frontend.searchAttributesTotalSizeLimit",
      "namespace",
      "Bytes of the search attributes of one request or command.",
    ],
    40 * 1024,
  ),
  longPollMs: duration(
    [
      "history.longPollExpirationInterval",
      "namespace",
      "A wait for events, an update or a query ends after this long.",
    ],
    20_000,
  ),
  taskTimeoutDefaultMs: duration(
    ["history.defaultWorkflowTaskTimeout", "namespace", "Time-out of a workflow task that nobody gave one."],
    10_000,
  ),
  taskTimeoutMaxMs: duration(
    ["perdure.workflowTaskTimeoutMax", "namespace", "The longest time-out of a workflow task."],
    120_000,
  ),
  taskHeartbeatMaxMs: duration(
    ["history.workflowTaskHeartbeatTimeout", "namespace", "Time that a workflow task may be kept alive by heartbeats."],
    30 * 60_000,
  ),
  taskProblemsToReport: integer(
    [
      "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute",
      "namespace",
      "Workflow tasks in a row that must fail before the run says so.",
    ],
    5,
  ),
  stickyNoPollerMs: duration(
    [
      "matching.stickyPollerUnavailableWindow",
      "namespace",
      "A sticky queue without a poll for this long is passed over.",
    ],
    10_000,
  ),
  lazyStartMs: duration(
    ["perdure.lazyStartAfter", "namespace", "An attempt of an activity that outlives this has its start written down."],
    100,
  ),
  historyPageEventsMax: integer(["frontend.historyMaxPageSize", "namespace", "Events of one page of a history."], 256),
  historyPageBytesMax: integer(
    ["perdure.historyPageBytesMax", "server", "Bytes after which a page of a history ends early."],
    3 * MIB,
  ),
} as const satisfies Record<string, Setting<number>>;

/** What the frontend lets in. A rate of 0 is none. */
export const frontendSettings = {
  rps: decimal(["frontend.rps", "server", "Calls a second; 0 = as many as the server can do."], 0),
  namespaceRps: decimal(["frontend.namespaceRPS", "namespace", "Calls a second of a namespace."], 0),
  globalNamespaceRps: decimal(
    ["frontend.globalNamespaceRPS", "namespace", "The same; wins over frontend.namespaceRPS."],
    0,
  ),
  namespaceBurstRatio: decimal(
    ["frontend.namespaceBurstRatio", "namespace", "So many seconds of calls may come at once."],
    2,
  ),
  visibilityRps: decimal(
    ["frontend.namespaceRPS.visibility", "namespace", "Lists and counts a second of a namespace."],
    0,
  ),
  globalVisibilityRps: decimal(
    ["frontend.globalNamespaceRPS.visibility", "namespace", "The same; wins over frontend.namespaceRPS.visibility."],
    0,
  ),
  visibilityBurstRatio: decimal(
    ["frontend.namespaceBurstRatio.visibility", "namespace", "So many seconds of lists and counts may come at once."],
    1,
  ),
  namespaceChangeRps: decimal(
    [
      "frontend.namespaceRPS.namespaceReplicationInducingAPIs",
      "namespace",
      "Changes of a namespace itself (register, update, deprecate) a second.",
    ],
    0,
  ),
  namespaceChangeBurstRatio: decimal(
    [
      "frontend.namespaceBurstRatio.namespaceReplicationInducingAPIs",
      "namespace",
      "So many seconds of them may come at once.",
    ],
    10,
  ),
  operationRps: rates([
    "perdure.frontend.namespaceRPS.operations",
    "namespace",
    "Calls a second by the name of the method.",
  ]),
  longPollsMax: integer(
    [
      "frontend.namespaceCount",
      "namespace",
      "Calls of a namespace that wait at once: each method that waits is counted by itself.",
    ],
    100_000,
  ),
  globalLongPollsMax: integer(
    ["frontend.globalNamespaceCount", "namespace", "The same; wins over frontend.namespaceCount unless it is 0."],
    0,
  ),
  callsMax: integer(
    ["perdure.frontend.callsMax", "server", "Calls that are being answered at once, waiting ones excepted."],
    20_000,
  ),
  uncommittedMax: integer(
    [
      "perdure.frontend.uncommittedMax",
      "server",
      "Changes that wait for the store; beyond, new work is refused, beyond ten times as many all work.",
    ],
    3_000,
  ),
  uncommittedMs: duration(
    [
      "perdure.frontend.uncommittedFor",
      "server",
      "New work is refused while very many changes wait for the store, the oldest for longer than this.",
    ],
    50,
  ),
  busyTurnMs: duration(
    [
      "perdure.frontend.busyTurn",
      "server",
      "When the server is busy for longer than this at a time, again and again, with very many calls, new work is refused; 0 = never.",
    ],
    25,
  ),
  busyTurnCalls: integer(
    ["perdure.frontend.busyTurnCalls", "server", "So many new calls at a time are very many."],
    500,
  ),
  pollMs: duration(
    ["matching.longPollExpirationInterval", "taskQueue", "A poll of a task queue without a task ends after this long."],
    60_000,
  ),
  visibilityPageMax: integer(["frontend.visibilityMaxPageSize", "namespace", "Rows of one page of a list."], 1_000),
  pausesWorkflows: toggle(["frontend.WorkflowPauseEnabled", "namespace", "Workflows can be paused."], false),
  callbackAddresses: addresses([
    "callback.allowedAddresses",
    "namespace",
    "Where completion callbacks may go: a list of `Pattern` (host and port, `*` for any text) and `AllowInsecure`.",
  ]),
  badBinariesMax: integer(
    ["frontend.maxBadBinaries", "server", "Binaries that one update of a namespace may mark as bad."],
    10,
  ),
  linksMax: integer(["frontend.maxLinksPerRequest", "namespace", "Links of one request."], 10),
  linkBytesMax: integer(["frontend.linkMaxSize", "namespace", "Bytes of one link."], 4_000),
} as const satisfies Record<string, Setting<unknown>>;

/** Namespaces and what is kept in them. */
export const namespaceSettings = {
  retentionMinMs: duration(
    ["system.namespaceMinRetentionLocal", "server", "The shortest retention of a namespace."],
    3_600_000,
  ),
  retentionDefaultMs: duration(
    ["perdure.retentionDefault", "server", "Retention of namespaces that the server registers at its start."],
    DAY_MS,
  ),
  retentionShare: decimal(
    [
      "perdure.retention.share",
      "server",
      "Share of its time that the server gives to removing what is no longer kept.",
    ],
    0.05,
  ),
  retentionBatch: integer(["perdure.retention.batch", "server", "Runs that are removed at once."], 50),
  retentionRoundMs: duration(
    ["perdure.retention.interval", "server", "Time between two looks for runs whose retention is over."],
    60_000,
  ),
  deleteRps: decimal(
    ["frontend.deleteNamespaceDeleteActivityRPS", "server", "Runs of a deleted namespace that are removed a second."],
    2_000,
  ),
  deletePage: integer(
    ["frontend.deleteNamespacePageSize", "server", "Runs of a deleted namespace that are removed at once."],
    100,
  ),
  deleteDelayMs: duration(
    [
      "frontend.deleteNamespaceNamespaceDeleteDelay",
      "server",
      "Time between the deletion of a namespace's runs and that of the namespace itself.",
    ],
    0,
  ),
} as const satisfies Record<string, Setting<unknown>>;

export const allSettings: readonly Setting<unknown>[] = [
  ...Object.values(frontendSettings),
  ...Object.values(limitSettings),
  ...Object.values(namespaceSettings),
].sort((a, b) => (a.key.toLowerCase() < b.key.toLowerCase() ? -1 : 1));
