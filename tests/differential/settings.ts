/**
 * Groups of server settings that scenarios ask for, named by what they are for. Values are dynamic configuration of the
 * recorded server (its keys); a server under comparison is started with the same limits under its own names.
 */
export const settings = {
  default: {},
  'small limits': {
    'limit.numPendingActivities.error': 3,
    'limit.numPendingChildExecutions.error': 2,
    'limit.numPendingSignals.error': 2,
    'limit.numPendingCancelRequests.error': 2,
    'limit.blobSize.error': 4096,
    'limit.blobSize.warn': 2048,
    'limit.memoSize.error': 4096,
    'limit.memoSize.warn': 2048,
    'history.maximumSignalsPerExecution': 5,
    'limit.historyCount.suggestContinueAsNew': 12,
    'history.maxTotalUpdates': 6,
  },
  'small buffer': {
    'history.maximumBufferedEventsBatch': 5,
  },
  'short history': {
    'limit.historyCount.error': 20,
    'limit.historyCount.warn': 15,
    'limit.historySize.error': 20_000,
    'limit.historySize.warn': 15_000,
    'limit.historySize.suggestContinueAsNew': 8_000,
  },
} as const satisfies Record<string, Record<string, number | boolean>>;

export type SettingsName = keyof typeof settings;
