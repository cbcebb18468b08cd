import { makeProtoEnumConverters } from "./proto-enum.ts";

/** Why the server suggests to continue as new; there may be several reasons. */
export const SuggestContinueAsNewReason = {
  HISTORY_SIZE_TOO_LARGE: "HISTORY_SIZE_TOO_LARGE",
  TOO_MANY_HISTORY_EVENTS: "TOO_MANY_HISTORY_EVENTS",
  TOO_MANY_UPDATES: "TOO_MANY_UPDATES",
} as const;
export type SuggestContinueAsNewReason = (typeof SuggestContinueAsNewReason)[keyof typeof SuggestContinueAsNewReason];

export const [, decodeSuggestContinueAsNewReason] = makeProtoEnumConverters(
  { UNSPECIFIED: 0, HISTORY_SIZE_TOO_LARGE: 1, TOO_MANY_HISTORY_EVENTS: 2, TOO_MANY_UPDATES: 3 },
  "SUGGEST_CONTINUE_AS_NEW_REASON_",
);
