/**
 * A patch: its marker in history, and the search attribute that lists all patches of the run.
 *
 * A marker without a call of `patched` breaks the replay unless it says `deprecated`; a call without a marker cannot
 * come in a replay, because `patched` answers false there.
 */
import { EventType } from "../../../../api/gen/enums.js";
import type { Payload } from "../../../common/payload.ts";
import type { WorkflowCommand } from "../../../workflow/activation.ts";
import type { RunState } from "../run-state.ts";

export type SetPatchMarker = Extract<WorkflowCommand, { kind: "setPatchMarker" }>;

export interface Patch {
  readonly kind: "patch";
  readonly command: SetPatchMarker;
  /** What the search attribute comes to with it; undefined when that would be too long for one. */
  readonly searchAttribute: Payload | undefined;
}

/** A server takes no longer search attribute by default. */
const SEARCH_ATTRIBUTE_BYTES_MAX = 2048;

export function setPatchMarker(run: RunState, command: SetPatchMarker): void {
  const { patchId, deprecated } = command;
  if (run.patches.has(patchId)) return;
  if (run.isReplaying && deprecated && !run.upcomingPatches.has(patchId)) return;
  run.patches.set(patchId, true);
  const patch: Patch = {
    kind: "patch",
    command,
    searchAttribute: run.isReplaying ? undefined : listed([...run.patches.keys()]),
  };
  run.push(EventType.EVENT_TYPE_MARKER_RECORDED, command, patch);
}

function listed(patches: readonly string[]): Payload | undefined {
  const data = new TextEncoder().encode(JSON.stringify(patches));
  return data.length > SEARCH_ATTRIBUTE_BYTES_MAX
    ? undefined
    : { metadata: { encoding: JSON_PLAIN, type: KEYWORD_LIST }, data };
}

const JSON_PLAIN = new TextEncoder().encode("json/plain");
const KEYWORD_LIST = new TextEncoder().encode("KeywordList");
