/**
 * Groups of server settings that scenarios ask for, named by what they are for: the recorded server's dynamic
 * configuration (its keys), and the same for ours. A recording names its group.
 */
import type { Limits } from "../../server/history/index.ts";

/** Every server has it beside `default`: for what must not cross from one namespace to another. */
export const otherNamespace = "other";

interface Settings {
  dynamicConfig: Record<string, number | boolean>;
  limits: Partial<Limits>;
}

export const settings = {
  default: { dynamicConfig: {}, limits: {} },
  "small limits": {
    dynamicConfig: {
      "limit.numPendingActivities.error": 3,
      "limit.numPendingChildExecutions.error": 2,
      "limit.numPendingSignals.error": 2,
      "limit.numPendingCancelRequests.error": 2,
      "limit.blobSize.error": 4096,
      "limit.blobSize.warn": 2048,
      "limit.memoSize.error": 4096,
      "limit.memoSize.warn": 2048,
      "history.maximumSignalsPerExecution": 5,
      "limit.historyCount.suggestContinueAsNew": 12,
      "history.maxTotalUpdates": 6,
      "system.maxCallbacksPerWorkflow": 3,
      "callback.maxPerExecution": 3,
    },
    limits: {
      pendingActivitiesMax: 3,
      pendingChildrenMax: 2,
      pendingSignalsMax: 2,
      pendingCancelsMax: 2,
      blobBytesMax: 4096,
      blobBytesWarn: 2048,
      memoBytesMax: 4096,
      signalsPerRunMax: 5,
      historyEventsSuggestContinueAsNew: 12,
      updatesPerRunMax: 6,
      callbacksPerRunMax: 3,
    },
  },
  "small buffer": {
    dynamicConfig: { "history.maximumBufferedEventsBatch": 5 },
    limits: { bufferedEventsMax: 5 },
  },
  "short history": {
    dynamicConfig: {
      "limit.historyCount.error": 20,
      "limit.historyCount.warn": 15,
      "limit.historySize.error": 20_000,
      "limit.historySize.warn": 15_000,
      "limit.historySize.suggestContinueAsNew": 8_000,
    },
    limits: { historyEventsMax: 20, historyBytesMax: 20_000, historyBytesSuggestContinueAsNew: 8_000 },
  },
  "small state": {
    dynamicConfig: { "limit.mutableStateSize.error": 20_000, "limit.mutableStateSize.warn": 10_000 },
    limits: { stateBytesMax: 20_000 },
  },
  /** Ours is always fair. */
  fairness: { dynamicConfig: { "matching.enableFairness": true }, limits: {} },
  "small transactions": {
    dynamicConfig: { "system.transactionSizeLimit": 20_000 },
    limits: { transactionBytesMax: 20_000 },
  },
} as const satisfies Record<string, Settings>;

export type SettingsName = keyof typeof settings;

export const settingsNames = Object.keys(settings) as SettingsName[];
