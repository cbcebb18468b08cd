/** The search attribute that tells what of a run is paused: itself, types of its activities. */
import { SearchAttributes } from "../../../../api/gen/messages.js";
import { attributePayload } from "../../../visibility/index.ts";
import type { ActivityPart } from "../../gen/messages.js";
import { partPrefix } from "../parts.ts";
import type { Run } from "../run.ts";

const ATTRIBUTE = "TemporalPauseInfo";

/** The last of whatever changes it. */
export function showPausedActivities(run: Run): void {
  const { state } = run;
  const paused = pausedTexts(run);
  const { [ATTRIBUTE]: told, ...others } = SearchAttributes.decode(state.rawSearchAttributes).indexedFields;
  if (paused.length === 0 && told === undefined) return;
  const shown = paused.length === 0 ? undefined : { [ATTRIBUTE]: attributePayload("KeywordList", paused) };
  state.rawSearchAttributes = SearchAttributes.encode({ indexedFields: { ...others, ...shown } });
  run.touchVisibility();
}

function pausedTexts(run: Run): string[] {
  const { pause: ownPause } = run.state;
  const own = ownPause === undefined ? [] : [`Workflow:${run.workflowId}`, `Reason:${ownPause.reason}`];
  const types = new Set<string>();
  for (const [, { activityType, pause }] of run.view.partsOf<ActivityPart>(partPrefix.activity))
    if (pause !== undefined) types.add(`property:activityType=${activityType}`);
  return [...own, ...[...types].sort()];
}

/** Encoded search attributes without the paused activities, which no other run of the chain has. */
export function withoutPauses(rawSearchAttributes: Uint8Array): Uint8Array {
  const { [ATTRIBUTE]: told, ...indexedFields } = SearchAttributes.decode(rawSearchAttributes).indexedFields;
  return told === undefined ? rawSearchAttributes : SearchAttributes.encode({ indexedFields });
}
