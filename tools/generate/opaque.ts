/**
 * Messages that stay encoded wherever they are a field of another message: the engine carries them without looking
 * inside, so they cost a view instead of a decoding, and whatever a newer client put into them survives.
 */
export const opaque: ReadonlySet<string> = new Set([
  "temporal.api.common.v1.Payloads",
  "temporal.api.common.v1.Payload",
  "temporal.api.common.v1.Header",
  "temporal.api.common.v1.Memo",
  "temporal.api.common.v1.SearchAttributes",
  "temporal.api.common.v1.Link",
  "temporal.api.common.v1.Callback",
  "temporal.api.common.v1.MeteringMetadata",
  "temporal.api.failure.v1.Failure",
  "temporal.api.sdk.v1.UserMetadata",
  "temporal.api.sdk.v1.WorkflowTaskCompletedMetadata",
  // A stored history is an encoded History; pages are joined by joining bytes.
  "temporal.api.history.v1.HistoryEvent",
  "temporal.api.history.v1.History",
]);

/** Opaque messages that only a server writes: their insides are not checked when they are read. */
export const trusted: ReadonlySet<string> = new Set([
  "temporal.api.history.v1.HistoryEvent",
  "temporal.api.history.v1.History",
]);

/** Messages so small and frequent that they keep no unknown fields. */
export const plain: ReadonlySet<string> = new Set(["google.protobuf.Timestamp", "google.protobuf.Duration"]);

/**
 * Large oneofs whose member follows from an enum beside it, so that an encoder looks at one member, not at seventy:
 * the member's name is the enum value without its prefix, in camel case, and the suffix.
 */
export const selected: ReadonlyMap<string, { by: string; suffix: string }> = new Map([
  ["temporal.api.history.v1.HistoryEvent", { by: "eventType", suffix: "EventAttributes" }],
  ["temporal.api.command.v1.Command", { by: "commandType", suffix: "CommandAttributes" }],
]);
