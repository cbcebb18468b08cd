/** The search attribute that names the types of a run's paused activities, while there are any. */
import { SearchAttributes } from "../../../../api/gen/messages.js";
import { attributePayload } from "../../../visibility/index.ts";
import type { ActivityPart } from "../../gen/messages.js";
import { partPrefix } from "../parts.ts";
import type { Run } from "../run.ts";

const ATTRIBUTE = "TemporalPauseInfo";

/** Tells which types are paused; the last of an operation, or of a task that ended some. */
export function showPausedActivities(run: Run): void {
  const types = new Set<string>();
  for (const [, { activityType, pause }] of run.view.partsOf<ActivityPart>(partPrefix.activity))
    if (pause !== undefined) types.add(`property:activityType=${activityType}`);
  const { state } = run;
  const { [ATTRIBUTE]: told, ...others } = SearchAttributes.decode(state.rawSearchAttributes).indexedFields;
  if (types.size === 0 && told === undefined) return;
  const paused = types.size === 0 ? {} : { [ATTRIBUTE]: attributePayload("KeywordList", [...types].sort()) };
  state.rawSearchAttributes = SearchAttributes.encode({ indexedFields: { ...others, ...paused } });
  run.touchVisibility();
}

/** Encoded search attributes without the paused activities, which no other run of the chain has. */
export function withoutPauses(rawSearchAttributes: Uint8Array): Uint8Array {
  const { [ATTRIBUTE]: told, ...indexedFields } = SearchAttributes.decode(rawSearchAttributes).indexedFields;
  return told === undefined ? rawSearchAttributes : SearchAttributes.encode({ indexedFields });
}
