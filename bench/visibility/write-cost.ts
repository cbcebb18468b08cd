/**
 * What rows of visibility cost: two writes per execution, as a workflow has them, at its start and at its close, fifty
 * executions to a commit, beside the same batches without them. The kinds take turns, a lot of each, so that what else
 * the machine does meets them alike.
 */
import type { Batch } from "../../server/store/index.ts";
import { median, round } from "../harness/record.ts";
import { createOf, rowOf } from "./executions.ts";
import type { Lane } from "./lane.ts";

/** A one-activity workflow, of which visibility may cost a tenth. */
const WORKFLOW_MICROS = 280;
const BATCH = 50;
/** A server without commits writes its log back after a second; what that costs belongs to the lot. */
const WRITTEN_BACK_MS = 1_200;
const KINDS = ["none", "uniform", "mixed", "attributes"] as const;

type Kind = (typeof KINDS)[number];

export interface WriteCostOptions {
  readonly rounds: number;
  /** Executions of each kind in a round. */
  readonly executions: number;
}

export async function writeCost(
  lane: Lane,
  { rounds, executions }: WriteCostOptions,
): Promise<Record<string, number | string>> {
  const costs: Record<Kind, number[]> = { none: [], uniform: [], mixed: [], attributes: [] };
  for (let done = 0; done < rounds; done++) {
    for (const kind of KINDS) costs[kind].push(await microsEach(lane, kind, executions));
  }
  const besides = (kind: Kind): number[] => costs[kind].map((cost, at) => cost - (costs.none[at] as number));
  const uniform = median(besides("uniform"));
  const spread = [...besides("uniform")].sort((a, b) => a - b).map((cost) => cost.toFixed(0));
  return {
    "of one type and queue, µs CPU each": round(uniform, 1),
    "of the pairs, sorted": spread.join(" "),
    "share of a workflow of 0.28 ms, % (target 10)": round((uniform / WORKFLOW_MICROS) * 100, 1),
    "of 20 types and 50 queues by turns, µs CPU each": round(median(besides("mixed")), 1),
    "the same with 10 attributes, µs CPU each": round(median(besides("attributes")), 1),
    "the same batches without visibility, µs CPU each": round(median(costs.none), 1),
  };
}

async function microsEach(lane: Lane, kind: Kind, executions: number): Promise<number> {
  const batches: Batches[] = [];
  for (let first = lane.nextId; batches.length * BATCH < executions; first += BATCH) {
    batches.push(batchesOf(first, kind));
  }
  const before = process.cpuUsage();
  for (const { last, atStart, atClose } of batches) {
    await lane.commit(atStart, last);
    await lane.commit(atClose, last);
  }
  await new Promise((resolve) => setTimeout(resolve, WRITTEN_BACK_MS));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / executions;
}

interface Batches {
  readonly last: number;
  readonly atStart: Partial<Batch>;
  readonly atClose: Partial<Batch>;
}

function batchesOf(first: number, kind: Kind): Batches {
  const numbers = Array.from({ length: BATCH }, (_, i) => first + i);
  const rows = (isOpen: boolean): Batch["visibility"] =>
    kind === "none"
      ? []
      : numbers.map((n) => rowOf(n, { isOpen, hasAttributes: kind === "attributes", isUniform: kind === "uniform" }));
  return {
    last: first + BATCH - 1,
    atStart: { creates: numbers.map(createOf), visibility: rows(true) },
    atClose: { updates: numbers.map(createOf), visibility: rows(false) },
  };
}
