/** Executions as plain values under the names that queries use, and as rows of the store. */
import type { Random } from "../../base/index.ts";
import type { Attribute, AttributeType, VisibilityRow } from "../../server/store/visibility.ts";

export type Value = string | number | boolean | readonly string[] | undefined;

export interface Execution {
  readonly id: number;
  readonly slot: number;
  /** By name; times are microseconds, durations nanoseconds, a text its words. */
  readonly values: Readonly<Record<string, Value>>;
}

export const TEXTS = [
  "",
  "a",
  "A",
  "ab",
  "abc",
  "b",
  "it's",
  'say "hi"',
  "a\\b",
  "50%",
  "_x",
  "é",
  "世界",
  "😀",
  "\uffff",
];
export const WORDS = ["quick", "brown", "fox", "dog", "über", "42"];
export const NUMBERS = [-7, -1, 0, 1, 2, 5, 101, 500, 70_000];
export const DOUBLES = [-0.5, 0, 1, 2.5, 1e-3, 1e10];
export const TIMES = [0, 1_000_000, 1_577_836_800_000_000, 1_577_836_800_000_001, 1_700_000_000_123_000];
export const DURATIONS = [0, 1_000_000_000, 60_000_000_000, 61_000_000_000, 90_000_000_000_000];
export const STATUSES = ["Running", "Completed", "Failed", "Canceled", "Terminated"];
export const UUIDS = [
  "00000000-0000-4000-8000-000000000000",
  "01a1fe17-6455-702b-8bd1-b3dbcd7fd1bd",
  "0fffffff-ffff-4fff-bfff-ffffffffffff",
  "ffffffff-ffff-4fff-bfff-ffffffffffff",
];

/** Custom attributes with their types and fields. */
export const CUSTOM: Readonly<Record<string, readonly [AttributeType, string]>> = {
  CKeyword: ["Keyword", "Keyword01"],
  CText: ["Text", "Text01"],
  CInt: ["Int", "Int01"],
  CDouble: ["Double", "Double01"],
  CBool: ["Bool", "Bool01"],
  CDate: ["Datetime", "Datetime01"],
  CList: ["KeywordList", "KeywordList01"],
};

export function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random.next() * from.length)] as T;
}

export function chance(random: Random, share: number): boolean {
  return random.next() < share;
}

export function randomExecution(random: Random, id: number): Execution {
  const of = <T>(from: readonly T[]): T => pick(random, from);
  const maybe = <T>(from: readonly T[]): T | undefined => (chance(random, 0.6) ? of(from) : undefined);
  const some = (from: readonly string[]): readonly string[] => [...new Set([of(from), of(from), of(from)])];
  const isOpen = chance(random, 0.3);
  const startTime = of(TIMES);
  const workflowId = of(TEXTS);
  return {
    id,
    slot: Math.floor(random.next() * 4096),
    values: {
      WorkflowId: workflowId,
      RunId: of(UUIDS),
      WorkflowType: of(TEXTS),
      TaskQueue: of(TEXTS),
      ExecutionStatus: isOpen ? "Running" : of(STATUSES.slice(1)),
      StartTime: startTime,
      ExecutionTime: chance(random, 0.8) ? startTime : of(TIMES),
      CloseTime: isOpen ? undefined : of(TIMES),
      HistoryLength: isOpen ? undefined : of(NUMBERS),
      HistorySizeBytes: isOpen ? undefined : of(NUMBERS),
      StateTransitionCount: isOpen ? undefined : of(NUMBERS),
      ExecutionDuration: isOpen ? undefined : of(DURATIONS),
      ParentWorkflowId: maybe(TEXTS),
      RootWorkflowId: chance(random, 0.7) ? workflowId : of(TEXTS),
      CKeyword: maybe(TEXTS),
      CText: chance(random, 0.6) ? some(WORDS) : undefined,
      CInt: maybe(NUMBERS),
      CDouble: maybe(DOUBLES),
      CBool: maybe([true, false]),
      CDate: maybe(TIMES),
      CList: chance(random, 0.6) ? some(TEXTS) : undefined,
      TemporalNamespaceDivision: chance(random, 0.15) ? of(["x", "y"]) : undefined,
    },
  };
}

export function rowOf({ id, slot, values }: Execution): VisibilityRow {
  const attributes: Attribute[] = [];
  for (const [name, [type, field]] of Object.entries(CUSTOM)) {
    const value = values[name];
    if (value !== undefined) attributes.push({ name: field, type, value });
  }
  const division = values["TemporalNamespaceDivision"] as string | undefined;
  if (division !== undefined) attributes.push({ name: "TemporalNamespaceDivision", type: "Keyword", value: division });
  const text = (name: string): string => values[name] as string;
  const number = (name: string): number | undefined => values[name] as number | undefined;
  return {
    slot,
    id,
    namespace: 1,
    kind: 1,
    workflowId: text("WorkflowId"),
    runId: text("RunId"),
    workflowType: text("WorkflowType"),
    taskQueue: text("TaskQueue"),
    status: STATUSES.indexOf(text("ExecutionStatus")) + 1,
    startTime: number("StartTime") as number,
    executionTime: number("ExecutionTime") as number,
    closeTime: number("CloseTime"),
    historyLength: number("HistoryLength"),
    historySizeBytes: number("HistorySizeBytes"),
    stateTransitionCount: number("StateTransitionCount"),
    executionDurationNs: number("ExecutionDuration"),
    parentWorkflowId: values["ParentWorkflowId"] as string | undefined,
    parentRunId: undefined,
    rootWorkflowId: text("RootWorkflowId"),
    rootRunId: text("RunId"),
    memo: undefined,
    searchAttributes: undefined,
    attributes: attributes.sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}
