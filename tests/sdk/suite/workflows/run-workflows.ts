import {
  condition,
  continueAsNew,
  deprecatePatch,
  makeContinueAsNewFunc,
  patched,
  setHandler,
  sleep,
  upsertMemo,
  upsertSearchAttributes,
  uuid4,
  workflowInfo,
} from "../../../../sdk/workflow/index.ts";
import { defineSearchAttributeKey } from "../../../../sdk/common/index.ts";
import { add, value } from "./message-workflows.ts";
import { remote } from "./proxies.ts";

export async function continues(times: number): Promise<number> {
  if (times > 0) await continueAsNew<typeof continues>(times - 1);
  return times;
}

export async function continuesWithOptions(): Promise<unknown> {
  const { memo, searchAttributes, continuedFromExecutionRunId } = workflowInfo();
  if (continuedFromExecutionRunId === undefined) {
    await makeContinueAsNewFunc<typeof continuesWithOptions>({
      memo: { from: "options" },
      searchAttributes: { SuiteKeyword: ["carried"] },
      workflowRunTimeout: 50_000,
    })();
  }
  const { runTimeoutMs } = workflowInfo();
  return { memo, searchAttributes, runTimeoutMs };
}

export async function keepsWhatItHas(): Promise<unknown> {
  const { memo, searchAttributes, continuedFromExecutionRunId } = workflowInfo();
  if (continuedFromExecutionRunId === undefined) await continueAsNew<typeof keepsWhatItHas>();
  return { memo, searchAttributes };
}

export async function continuesAsAnother(): Promise<string> {
  return makeContinueAsNewFunc({ workflowType: "tellsChain" })();
}

export async function tellsChain(): Promise<unknown> {
  const { workflowType, firstExecutionRunId, runId, continuedFromExecutionRunId } = workflowInfo();
  return { workflowType, isFirst: firstExecutionRunId === runId, continuedFromExecutionRunId };
}

export async function continuesWithSignals(count: number): Promise<number> {
  let seen = count;
  setHandler(add, () => void seen++);
  await condition(() => seen > count || seen >= 3);
  if (seen < 3) await continueAsNew<typeof continuesWithSignals>(seen);
  return seen;
}

export async function tellsSuggestion(): Promise<unknown> {
  const { continueAsNewSuggested, historyLength, historySize } = workflowInfo();
  return { continueAsNewSuggested, historyLength, historySize };
}

export async function tellsInfo(): Promise<unknown> {
  const { unsafe, startTime, runStartTime, parent, root, ...info } = workflowInfo();
  return {
    ...info,
    typedSearchAttributes: undefined,
    startTime: startTime.getTime(),
    runStartTime: runStartTime.getTime(),
    hasParent: parent !== undefined,
    hasRoot: root !== undefined,
    isReplaying: unsafe.isReplaying,
  };
}

export async function historyGrows(): Promise<number[]> {
  const lengths = [workflowInfo().historyLength];
  for (let i = 0; i < 3; i++) {
    await sleep(1);
    lengths.push(workflowInfo().historyLength);
  }
  return lengths;
}

export async function patches(id: string): Promise<boolean[]> {
  const first = patched(id);
  await sleep(1);
  return [first, patched(id)];
}

export async function patchesMany(): Promise<string> {
  let made = "";
  for (const id of ["a", "b", "a", "c"]) made += patched(id) ? id : "-";
  await sleep(1);
  return made;
}

export async function deprecates(): Promise<string> {
  deprecatePatch("old");
  await sleep(1);
  return "new";
}

export async function patchedActivity(): Promise<unknown> {
  if (patched("other-value")) return remote().echo("patched");
  return remote().echo("plain");
}

const KEYS = {
  keyword: defineSearchAttributeKey("SuiteKeyword", "KEYWORD"),
  text: defineSearchAttributeKey("SuiteText", "TEXT"),
  int: defineSearchAttributeKey("SuiteInt", "INT"),
  double: defineSearchAttributeKey("SuiteDouble", "DOUBLE"),
  bool: defineSearchAttributeKey("SuiteBool", "BOOL"),
  datetime: defineSearchAttributeKey("SuiteDatetime", "DATETIME"),
  list: defineSearchAttributeKey("SuiteKeywordList", "KEYWORD_LIST"),
};

export async function upsertsTyped(key: keyof typeof KEYS, to: unknown): Promise<unknown> {
  const real = key === "datetime" && to !== null ? new Date(to as string) : to;
  upsertSearchAttributes([{ key: KEYS[key], value: real } as never]);
  const now = workflowInfo().typedSearchAttributes.get(KEYS[key] as (typeof KEYS)["keyword"]) as unknown;
  await sleep(1);
  return now instanceof Date ? now.toISOString() : (now ?? null);
}

export async function upsertsUntyped(): Promise<unknown> {
  upsertSearchAttributes({ SuiteKeyword: ["one"], SuiteInt: [1] });
  upsertSearchAttributes({ SuiteInt: [2], SuiteBool: [true] });
  upsertSearchAttributes({ SuiteKeyword: [] });
  const { searchAttributes } = workflowInfo();
  await sleep(1);
  return searchAttributes;
}

export async function upsertsMemo(): Promise<unknown> {
  upsertMemo({ a: 1, b: { c: 2 } });
  upsertMemo({ a: null, d: "e" });
  await sleep(1);
  return workflowInfo().memo;
}

export async function tellsMemo(): Promise<unknown> {
  const { memo, searchAttributes } = workflowInfo();
  return { memo, searchAttributes };
}

/** Draws before and after tasks; the query tells what was drawn, by a replay or not. */
export async function draws(): Promise<unknown[]> {
  const drawn: unknown[] = [Math.random(), uuid4(), crypto.randomUUID()];
  setHandler(value, () => drawn as never);
  await sleep(1);
  drawn.push(Math.random(), uuid4(), Date.now());
  await remote().nothing();
  drawn.push(Math.random());
  return drawn;
}

export async function tellsResult(): Promise<unknown> {
  const { lastResult, attempt, cronSchedule } = workflowInfo();
  return { lastResult, attempt, cronSchedule };
}
