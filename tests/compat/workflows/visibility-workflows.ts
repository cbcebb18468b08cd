import {
  condition,
  defineSignal,
  setHandler,
  upsertMemo,
  upsertSearchAttributes,
  workflowInfo,
} from "@temporalio/workflow";
import { defineSearchAttributeKey } from "@temporalio/common";

export const relabelSignal = defineSignal<[string | null]>("relabel");
export const stopSignal = defineSignal("stop");

const keyword = defineSearchAttributeKey("CompatKeyword", "KEYWORD");
const int = defineSearchAttributeKey("CompatInt", "INT");

export async function relabel(): Promise<{ keyword: unknown; memo: unknown }> {
  let isStopped = false;
  setHandler(relabelSignal, (value) => {
    upsertSearchAttributes([
      { key: keyword, value },
      { key: int, value: value?.length ?? 0 },
    ]);
    upsertMemo({ label: value, removed: null });
  });
  setHandler(stopSignal, () => {
    isStopped = true;
  });
  await condition(() => isStopped);
  const info = workflowInfo();
  return { keyword: info.typedSearchAttributes.get(keyword), memo: info.memo };
}
