/** Executions for the bench of visibility: ten custom attributes each, the same for the same number. */
import { timeOrderedUuid } from "../../base/index.ts";
import type { Batch, EntityKey, VisibilityRow } from "../../server/store/index.ts";

const SLOTS = 4096;
const START = 1_700_000_000_000_000;
/** One starts every half second and lasts up to some minutes. */
const STEP_MICROS = 500_000;
const REGIONS = ["eu-west", "eu-east", "us-west", "us-east", "asia"];
const WORDS = Array.from({ length: 2_000 }, (_, i) => `word${i}`);

/** Any numbers that look chosen by chance. */
function mixed(n: number, salt: number): number {
  let x = Math.imul(n + salt * 0x9e3779b9, 0x85ebca6b) >>> 0;
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35) >>> 0;
  return (x ^ (x >>> 16)) >>> 0;
}

export function keyOf(n: number): EntityKey {
  return { slot: mixed(n, 1) % SLOTS, id: n };
}

function runIdOf(n: number): string {
  const hex = (salt: number): string => mixed(n, salt).toString(16).padStart(8, "0");
  const [a, b, c] = [hex(3), hex(4), hex(5)];
  const random = `00000000-0000-4${a.slice(5)}-8${b.slice(1, 4)}-${b.slice(4)}${c}`;
  return timeOrderedUuid((START + n * STEP_MICROS) / 1_000, random);
}

/** Of a hundred thousand some are of a type, a status and a queue that hardly any has. */
function isRare(n: number): boolean {
  return n % 20_000 === 7;
}

export function statusOf(n: number): number {
  if (n % 50 === 0) return 1;
  if (isRare(n)) return 5;
  return n % 97 === 0 ? 3 : 2;
}

export interface RowOptions {
  readonly isOpen: boolean;
  readonly hasAttributes: boolean;
  /** Of one type and task queue and soon over, as in the bench of workflows. */
  readonly isUniform?: boolean;
}

export function rowOf(n: number, { isOpen, hasAttributes, isUniform = false }: RowOptions): VisibilityRow {
  const startTime = START + n * STEP_MICROS;
  const lasted = isUniform ? 20_000 : 1_000_000 + (mixed(n, 6) % 300_000_000);
  const runId = runIdOf(n);
  const workflowId = `order-${n}`;
  return {
    ...keyOf(n),
    namespace: 1,
    kind: 1,
    workflowId,
    runId,
    workflowType: isUniform ? "order" : isRare(n) ? "Rare" : `Type${mixed(n, 7) % 20}`,
    taskQueue: isUniform ? "orders" : isRare(n) ? "rare" : `queue-${mixed(n, 8) % 50}`,
    status: isOpen ? 1 : statusOf(n),
    startTime,
    executionTime: startTime,
    closeTime: isOpen ? undefined : startTime + lasted,
    historyLength: isOpen ? undefined : 11 + (isRare(n) ? 5_000 : n % 30),
    historySizeBytes: isOpen ? undefined : 2_000 + (mixed(n, 9) % 3_000),
    stateTransitionCount: isOpen ? undefined : 7 + (n % 5),
    executionDurationNs: isOpen ? undefined : lasted * 1_000,
    parentWorkflowId: n % 100 === 1 ? `order-${n - 1}` : undefined,
    parentRunId: n % 100 === 1 ? runIdOf(n - 1) : undefined,
    rootWorkflowId: n % 100 === 1 ? `order-${n - 1}` : workflowId,
    rootRunId: n % 100 === 1 ? runIdOf(n - 1) : runId,
    memo: undefined,
    searchAttributes: hasAttributes ? new Uint8Array(600).fill(n) : undefined,
    attributes: hasAttributes ? attributesOf(n) : [],
  };
}

function attributesOf(n: number): VisibilityRow["attributes"] {
  return [
    { name: "Keyword01", type: "Keyword", value: `customer-${mixed(n, 10) % 50_000}` },
    { name: "Keyword02", type: "Keyword", value: REGIONS[mixed(n, 11) % REGIONS.length] as string },
    { name: "Keyword03", type: "Keyword", value: `plan-${mixed(n, 12) % 3}` },
    { name: "Keyword04", type: "Keyword", value: isRare(n) ? "rare" : "common" },
    { name: "Int01", type: "Int", value: mixed(n, 13) % 100_000 },
    { name: "Double01", type: "Double", value: (mixed(n, 14) % 1_000_000) / 1_000 },
    { name: "Bool01", type: "Bool", value: mixed(n, 15) % 2 === 0 },
    { name: "Datetime01", type: "Datetime", value: START + (mixed(n, 16) % 1_000_000) * 1_000_000 },
    {
      name: "KeywordList01",
      type: "KeywordList",
      value: [`tag-${mixed(n, 17) % 50}`, `tag-${50 + (mixed(n, 18) % 50)}`],
    },
    {
      name: "Text01",
      type: "Text",
      value: [20, 21, 22, 23, 24].map((salt) => WORDS[mixed(n, salt) % 2_000] as string),
    },
  ];
}

const STATE = new Uint8Array(64);

export function createOf(n: number): Batch["creates"][number] {
  return {
    ...keyOf(n),
    kind: 1,
    namespace: 1,
    businessId: `order-${n}`,
    runId: runIdOf(n),
    state: STATE,
    dueAt: undefined,
  };
}
