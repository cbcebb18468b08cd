/**
 * Groups of server settings that scenarios ask for, named by what they are for: values of the dynamic configuration, the
 * same for both servers. A recording names its group.
 */

/** Every server has it beside `default`: for what must not cross from one namespace to another. */
export const otherNamespace = "other";

interface Settings {
  dynamicConfig: Readonly<Record<string, number | boolean | string | readonly object[]>>;
}

export const settings = {
  default: { dynamicConfig: {} },
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
  },
  "small buffer": {
    dynamicConfig: { "history.maximumBufferedEventsBatch": 5 },
  },
  "short history": {
    dynamicConfig: {
      "limit.historyCount.error": 20,
      "limit.historyCount.warn": 15,
      "limit.historySize.error": 20_000,
      "limit.historySize.warn": 15_000,
      "limit.historySize.suggestContinueAsNew": 8_000,
    },
  },
  "small state": {
    dynamicConfig: { "limit.mutableStateSize.error": 20_000, "limit.mutableStateSize.warn": 10_000 },
  },
  /** Ours is always fair. */
  fairness: { dynamicConfig: { "matching.enableFairness": true } },
  callbacks: { dynamicConfig: { "callback.allowedAddresses": [{ Pattern: "*", AllowInsecure: true }] } },
  "workflow pause": { dynamicConfig: { "frontend.WorkflowPauseEnabled": true } },
  "small transactions": {
    dynamicConfig: { "system.transactionSizeLimit": 20_000 },
  },
  "small namespaces": { dynamicConfig: { "system.namespaceMinRetentionLocal": "5s" } },
  "short ids": { dynamicConfig: { "limit.maxIDLength": 40 } },
  "short waits": {
    dynamicConfig: {
      "history.longPollExpirationInterval": "2s",
      "matching.longPollExpirationInterval": "3s",
      "history.defaultWorkflowTaskTimeout": "3s",
      "history.workflowTaskHeartbeatTimeout": "2s",
    },
  },
  "few of everything": {
    dynamicConfig: {
      "frontend.maxLinksPerRequest": 2,
      "frontend.linkMaxSize": 150,
      "frontend.searchAttributesNumberOfKeysLimit": 2,
      "frontend.searchAttributesSizeOfValueLimit": 100,
      "frontend.searchAttributesTotalSizeLimit": 150,
      "history.MaxBufferedQueryCount": 2,
      "history.maxInFlightUpdates": 1,
      "history.maxTotalUpdates": 4,
      "history.maxTotalUpdates.suggestContinueAsNewThreshold": 0.5,
      "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute": 2,
      "limit.mutableStateActivityFailureSize.error": 1_000,
    },
  },
  "low rates": {
    dynamicConfig: {
      "frontend.namespaceRPS": 1,
      "frontend.namespaceBurstRatio": 1,
      "frontend.namespaceRPS.visibility": 1,
      "frontend.globalNamespaceRPS.visibility": 0,
    },
  },
  "few polls": { dynamicConfig: { "frontend.namespaceCount": 2 } },
} as const satisfies Record<string, Settings>;

export type SettingsName = keyof typeof settings;

export const settingsNames = Object.keys(settings) as SettingsName[];
