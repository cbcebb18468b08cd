/** Limits of the history service; names, defaults and effects follow Temporal's (key in the comment). */
export interface Limits {
  /** limit.blobSize.error: bytes of one payload field. */
  readonly blobBytesMax: number;
  /** limit.blobSize.warn: so much is kept of a failure that is too large. */
  readonly blobBytesWarn: number;
  /** limit.memoSize.error */
  readonly memoBytesMax: number;
  /** limit.historySize.error */
  readonly historyBytesMax: number;
  /** limit.historyCount.error */
  readonly historyEventsMax: number;
  /** limit.historySize.suggestContinueAsNew */
  readonly historyBytesSuggestContinueAsNew: number;
  /** limit.historyCount.suggestContinueAsNew */
  readonly historyEventsSuggestContinueAsNew: number;
  /** limit.numPendingActivities.error and its like for children, signals, cancel requests */
  readonly pendingActivitiesMax: number;
  readonly pendingChildrenMax: number;
  readonly pendingSignalsMax: number;
  readonly pendingCancelsMax: number;
  /** history.maximumSignalsPerExecution */
  readonly signalsPerRunMax: number;
  /** history.maximumBufferedEventsBatch and its bytes */
  readonly bufferedEventsMax: number;
  readonly bufferedBytesMax: number;
  readonly bufferedQueriesMax: number;
  readonly updatesInFlightMax: number;
  readonly updatesInFlightBytesMax: number;
  readonly updatesPerRunMax: number;
  /** system.maxCallbacksPerWorkflow */
  readonly callbacksPerRunMax: number;
  /** limit.mutableStateActivityFailureSize.error */
  readonly activityFailureBytesMax: number;
  /** limit.mutableStateSize.error: what a run keeps beside its history. */
  readonly stateBytesMax: number;
  /** system.transactionSizeLimit: what one decision may add to a run. */
  readonly transactionBytesMax: number;
  /** limit.maxIDLength */
  readonly idBytesMax: number;
  readonly userMetadataSummaryBytesMax: number;
  readonly userMetadataDetailsBytesMax: number;
  /** history.longPollExpirationInterval */
  readonly longPollMs: number;
  /** Workflow task: default and largest time-out, whole time of a heartbeat chain. */
  readonly taskTimeoutDefaultMs: number;
  readonly taskTimeoutMaxMs: number;
  readonly taskHeartbeatMaxMs: number;
  /** system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute */
  readonly taskProblemsToReport: number;
  /** A sticky queue without a poll for this long is passed over. */
  readonly stickyNoPollerMs: number;
  /** An attempt of an activity that outlives this has its start written down. */
  readonly lazyStartMs: number;
  /** Events of one reply, and bytes after which a page ends early. */
  readonly historyPageEventsMax: number;
  readonly historyPageBytesMax: number;
}

const MIB = 1024 * 1024;

export const defaultLimits: Limits = {
  blobBytesMax: 2 * MIB,
  blobBytesWarn: MIB / 2,
  memoBytesMax: 2 * MIB,
  historyBytesMax: 50 * MIB,
  historyEventsMax: 51_200,
  historyBytesSuggestContinueAsNew: 4 * MIB,
  historyEventsSuggestContinueAsNew: 4_096,
  pendingActivitiesMax: 2_000,
  pendingChildrenMax: 2_000,
  pendingSignalsMax: 2_000,
  pendingCancelsMax: 2_000,
  signalsPerRunMax: 10_000,
  bufferedEventsMax: 100,
  bufferedBytesMax: 2 * MIB,
  bufferedQueriesMax: 1,
  updatesInFlightMax: 10,
  updatesInFlightBytesMax: 20 * MIB,
  updatesPerRunMax: 2_000,
  callbacksPerRunMax: 2_000,
  activityFailureBytesMax: 4 * 1024,
  stateBytesMax: 8 * MIB,
  transactionBytesMax: 4 * MIB,
  idBytesMax: 1_000,
  userMetadataSummaryBytesMax: 400,
  userMetadataDetailsBytesMax: 20_000,
  longPollMs: 20_000,
  taskTimeoutDefaultMs: 10_000,
  taskTimeoutMaxMs: 120_000,
  taskHeartbeatMaxMs: 30 * 60_000,
  taskProblemsToReport: 5,
  stickyNoPollerMs: 10_000,
  lazyStartMs: 100,
  historyPageEventsMax: 256,
  historyPageBytesMax: 3 * MIB,
};
