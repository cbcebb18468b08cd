/** Changes of what a workflow shows of itself. */
import type { Payload, SearchAttributes, SearchAttributeUpdatePair } from "../common/index.ts";
import { decodeTypedSearchAttributes, encodeUnifiedSearchAttributes } from "../common/payload-search-attributes.ts";
import type { PayloadMap } from "./activation.ts";
import { pushCommand } from "./commands.ts";
import { mapOf, payloadMapOf, workflowContext } from "./conversion.ts";
import { requireRun } from "./current-run.ts";
import { changeInfo, infoOf } from "./info.ts";
import type { RunState } from "./state.ts";

/**
 * Sets search attributes; those that are not named stay.
 *
 * @param searchAttributes pairs of key and value, where null removes; or, deprecated, lists by name, where an empty one
 *   removes
 */
export function upsertSearchAttributes(searchAttributes: SearchAttributes | SearchAttributeUpdatePair[]): void {
  const run = requireRun("upsertSearchAttributes");
  if (searchAttributes === undefined || searchAttributes === null) {
    throw new Error("searchAttributes must be a list of pairs or an object");
  }
  const payloads = Array.isArray(searchAttributes)
    ? encodeUnifiedSearchAttributes(undefined, searchAttributes)
    : encodeUnifiedSearchAttributes(searchAttributes);
  pushCommand(run, { kind: "upsertWorkflowSearchAttributes", searchAttributes: payloads });
  showAttributes(run, searchAttributes, payloads);
}

/** What the code reads back is what it wrote, without waiting for the server. */
function showAttributes(
  run: RunState,
  update: SearchAttributes | SearchAttributeUpdatePair[],
  payloads: Record<string, Payload>,
): void {
  const info = infoOf(run);
  if (Array.isArray(update)) {
    const untyped: Record<string, unknown> = { ...info.searchAttributes };
    for (const { key, value } of update) {
      if (value === null) delete untyped[key.name];
      else untyped[key.name] = Array.isArray(value) ? value : [value];
    }
    changeInfo(run, {
      searchAttributes: untyped as SearchAttributes,
      typedSearchAttributes: info.typedSearchAttributes.updateCopy(update),
    });
    return;
  }
  const untyped: SearchAttributes = { ...info.searchAttributes, ...update };
  const removed: SearchAttributeUpdatePair[] = [];
  for (const [name, value] of Object.entries(update)) {
    if (value !== undefined && value.length > 0) continue;
    delete untyped[name];
    const pair = info.typedSearchAttributes.getAll().find(({ key }) => key.name === name);
    if (pair !== undefined) removed.push({ key: pair.key, value: null } as SearchAttributeUpdatePair);
  }
  const added = decodeTypedSearchAttributes(payloads as PayloadMap as Record<string, Payload>).getAll();
  const typedSearchAttributes = info.typedSearchAttributes.updateCopy([...removed, ...added]);
  changeInfo(run, { searchAttributes: untyped, typedSearchAttributes });
}

/** Sets fields of the memo, each as a whole; `undefined` or `null` removes one. */
export function upsertMemo(memo: Record<string, unknown>): void {
  const run = requireRun("upsertMemo");
  if (memo === undefined || memo === null) throw new Error("memo must be an object");
  const written = Object.fromEntries(Object.entries(memo).map(([name, value]) => [name, value ?? null]));
  const upsertedMemo = payloadMapOf(run, written, workflowContext(run));
  pushCommand(run, { kind: "modifyWorkflowProperties", upsertedMemo });
  const shown = { ...infoOf(run).memo, ...mapOf(run, upsertedMemo) };
  for (const [name, value] of Object.entries(written)) if (value === null) delete shown[name];
  changeInfo(run, { memo: shown });
}
