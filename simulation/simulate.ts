import { enumName } from "../api/enum-name.ts";
import { EventType } from "../api/gen/enums.js";
import type { DescribeWorkflowExecutionResponse, ListWorkflowExecutionsResponse } from "../api/gen/messages.js";
import { SLOTS } from "../server/store/store.ts";
import { SimClient } from "./client.ts";
import { readHistory } from "./history-reads.ts";
import { checkInvariants } from "./invariants.ts";
import { Ledger } from "./ledger.ts";
import { planOf } from "./plan.ts";
import type { PlanSize } from "./plan.ts";
import { checkStored } from "./stored-rules.ts";
import type { StoreLog } from "./stores/store-log.ts";
import { SimWorker } from "./worker.ts";
import { World } from "./world.ts";

export interface Outcome {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly crashes: Readonly<Record<string, number>>;
  readonly events: number;
  readonly workflows: number;
  /** Fingerprint of everything that is on the disk at the end: two runs of a seed must agree. */
  readonly digest: string;
}

interface Checked {
  readonly violations: readonly string[];
  readonly digest: string;
}

/** Virtual time that the rough part may take, and that the calm part may take to bring everything to its end. */
const ROUGH_MS_MAX = 3_600_000;
const CALM_MS_MAX = 3_600_000;
/** With more than this it is of no use to go on. */
const VIOLATIONS_MAX = 100;
/** After this long without a caller, nothing is to be in memory any more. */
const IDLE_MS = 30_000;

/** One seed: a rough world, then a calm one in which every workflow ends, then the books are checked. */
export async function simulate(seed: number, size: PlanSize, storeLog?: StoreLog): Promise<Outcome> {
  const plan = planOf(seed, size);
  const world = new World(plan, storeLog);
  const ledger = new Ledger();
  const { time } = world;
  void world.boot();
  await time.run(() => world.handlers !== undefined, time.now() + 60_000);
  const workers = Array.from({ length: plan.workers }, (_, i) => new SimWorker(world, ledger, i));
  for (const worker of workers) worker.start();
  const clients = startClients(world, ledger, workers);
  const limit = time.now() + ROUGH_MS_MAX;
  const isHopeless = (): boolean => ledger.violations.length + world.errors.length > VIOLATIONS_MAX;
  if (!(await time.run(() => clients.every((client) => client.isDone) || isHopeless(), limit)))
    ledger.violations.push("the clients did not get their answers in time");
  while (!world.schedule.isOver && time.now() < limit) {
    world.schedule.finish();
    const next = time.now() + 1_000;
    await time.run(() => world.schedule.isOver, next);
  }
  await checkStored(world, ledger.violations);
  world.isCalm = true;
  world.steadySince = Math.min(world.steadySince, time.now());
  const checked = isHopeless() ? { violations: [], digest: "" } : await settle(world, ledger, workers);
  return {
    seed,
    violations: [
      ...ledger.violations,
      ...world.errors.map((error) => error.stack ?? error.message),
      ...checked.violations,
    ],
    crashes: world.crashes,
    events: time.events,
    workflows: ledger.started.size,
    digest: checked.digest,
  };
}

function startClients(world: World, ledger: Ledger, workers: readonly SimWorker[]): SimClient[] {
  const { clients: count, operations } = world.plan;
  const clients: SimClient[] = [];
  for (let number = 0; number < count; number++) {
    const worker = workers[number % workers.length] as SimWorker;
    const client = new SimClient({ world, ledger, number, handTask: (task) => void worker.takeTask(task) });
    client
      .run(Math.ceil(operations / count))
      .catch((error: Error) => void ledger.violations.push(`client: ${error.stack}`));
    clients.push(client);
  }
  return clients;
}

async function settle(world: World, ledger: Ledger, workers: readonly SimWorker[]): Promise<Checked> {
  let result: Checked | undefined;
  const begun = world.time.now();
  const check = async (): Promise<Checked> => {
    await world.time.sleep(20_000);
    for (;;) {
      const open = await openWorkflows(world);
      if (open === 0) break;
      if (world.time.now() - begun > CALM_MS_MAX / 2)
        return { violations: [`${open} workflows never end`, ...(await describeOpen(world))], digest: "" };
      await world.time.sleep(10_000);
    }
    await world.time.sleep(IDLE_MS);
    // A due time that was scanned before its entity ended loads the entity once more: look twice.
    if (cachedEntities(world) > 0) await world.time.sleep(LOAD_IDLE_MS);
    const left = cachedEntities(world);
    const checked = await checkInvariants(world, ledger);
    return left === 0
      ? checked
      : { ...checked, violations: [...checked.violations, `${left} entities stay in memory though nobody uses them`] };
  };
  check().then(
    (checked) => (result = checked),
    (error: Error) => (result = { violations: [`check: ${error.stack}`], digest: "" }),
  );
  if (!(await world.time.run(() => result !== undefined, begun + CALM_MS_MAX)))
    return { violations: ["the world did not come to rest"], digest: "" };
  for (const worker of workers) worker.isStopped = true;
  world.stop();
  return result as Checked;
}

/** An entity that was only loaded is gone after this. */
const LOAD_IDLE_MS = 5_000;

function cachedEntities(world: World): number {
  const kernel = world.engine?.frontend.history.kernel;
  let sum = 0;
  for (let lane = 0; lane < world.plan.lanes; lane++)
    sum += kernel?.laneOf(Math.ceil((lane * SLOTS) / world.plan.lanes)).cache.size ?? 0;
  return sum;
}

async function openWorkflows(world: World): Promise<number> {
  try {
    return (
      await world.call<{ count: number }>("countWorkflowExecutions", {
        namespace: "default",
        query: "ExecutionStatus = 'Running'",
      })
    ).count;
  } catch {
    return -1; // The server may be starting again.
  }
}

/** What is known of workflows that do not end. */
async function describeOpen(world: World): Promise<string[]> {
  const page = await world.call<ListWorkflowExecutionsResponse>("listWorkflowExecutions", {
    namespace: "default",
    query: "ExecutionStatus = 'Running'",
    pageSize: 3,
  });
  const lines: string[] = [];
  for (const { execution } of page.executions) {
    const described = await world.call<DescribeWorkflowExecutionResponse>("describeWorkflowExecution", {
      namespace: "default",
      execution,
    });
    const events = (await readHistory(world, execution)).map(
      (event) => `${event.eventId} ${enumName(EventType, event.eventType).slice(11)}`,
    );
    const pending = JSON.stringify({
      task: described.pendingWorkflowTask,
      activities: described.pendingActivities.map(({ activityId, state, attempt }) => ({ activityId, state, attempt })),
      children: described.pendingChildren.map(({ workflowId, runId }) => `${workflowId} ${runId}`),
    });
    lines.push(`${execution?.workflowId}: ${events.join(", ")}; now ${world.time.now()}; ${pending}`);
  }
  return lines;
}
