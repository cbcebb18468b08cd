import { enumName } from "../api/enum-name.ts";
import { EventType } from "../api/gen/enums.js";
import type { DescribeWorkflowExecutionResponse, ListWorkflowExecutionsResponse } from "../api/gen/messages.js";
import { checkInvariants } from "./invariants.ts";
import { Ledger } from "./ledger.ts";
import { SimClient } from "./client.ts";
import { planOf } from "./plan.ts";
import type { PlanSize } from "./plan.ts";
import { decodeHistory, SimWorker } from "./worker.ts";
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

/** Virtual time that the rough part may take, and that the calm part may take to bring everything to its end. */
const ROUGH_MS_MAX = 3_600_000;
const CALM_MS_MAX = 3_600_000;

/** One seed: a rough world, then a calm one in which every workflow ends, then the books are checked. */
export async function simulate(seed: number, size: PlanSize): Promise<Outcome> {
  const plan = planOf(seed, size);
  const world = new World(plan);
  const ledger = new Ledger();
  await startWorld(world);
  const workers = Array.from({ length: plan.workers }, (_, i) => new SimWorker(world, ledger, i));
  for (const worker of workers) worker.start();
  const clients = Array.from({ length: plan.clients }, (_, i) => new SimClient(world, ledger, i));
  const runs = clients.map((client) => client.run(Math.ceil(plan.operations / plan.clients)).catch((error: Error) => void ledger.violations.push(`client: ${error.stack}`)));
  void runs;
  scheduleCrashes(world);
  const begun = world.time.now();
  if (!(await world.time.run(() => clients.every((client) => client.isDone), begun + ROUGH_MS_MAX))) ledger.violations.push("the clients did not get their answers in time");
  world.isCalm = true;
  const checked = await settle(world, ledger, workers);
  return { seed, violations: [...ledger.violations, ...world.errors.map((error) => error.stack ?? error.message), ...checked.violations], crashes: world.crashes, events: world.time.events, workflows: ledger.started.size, digest: checked.digest };
}

async function startWorld(world: World): Promise<void> {
  void world.boot();
  await world.time.run(() => world.handlers !== undefined, world.time.now() + 60_000);
}

/** Crashes are spread over the operations by virtual time, the last ones when most are done. */
function scheduleCrashes(world: World): void {
  let at = 200;
  for (let i = 0; i < world.plan.crashes; i++) {
    at += world.network.next() * 6_000;
    world.time.schedule(at, () => {
      if (!world.isCalm) world.crashSoon();
    });
  }
}

async function settle(world: World, ledger: Ledger, workers: readonly SimWorker[]): Promise<{ violations: string[]; digest: string }> {
  let result: { violations: string[]; digest: string } | undefined;
  const begun = world.time.now();
  const check = async (): Promise<void> => {
    await world.time.sleep(60_000);
    for (;;) {
      const open = await openWorkflows(world);
      if (open === 0) break;
      if (world.time.now() - begun > CALM_MS_MAX / 2) {
        result = { violations: [`${open} workflows never end`, ...(await describeOpen(world))], digest: "" };
        return;
      }
      await world.time.sleep(10_000);
    }
    result = await checkInvariants(world, ledger);
  };
  check().catch((error: Error) => (result = { violations: [`check: ${error.stack}`], digest: "" }));
  if (!(await world.time.run(() => result !== undefined, begun + CALM_MS_MAX))) return { violations: ["the world did not come to rest"], digest: "" };
  for (const worker of workers) worker.isStopped = true;
  await world.stop();
  return result as { violations: string[]; digest: string };
}

async function openWorkflows(world: World): Promise<number> {
  try {
    return (await world.call<{ count: number }>("countWorkflowExecutions", { namespace: "default", query: "ExecutionStatus = 'Running'" })).count;
  } catch {
    return -1;
  }
}

/** What is known of workflows that do not end. */
async function describeOpen(world: World): Promise<string[]> {
  const page = await world.call<ListWorkflowExecutionsResponse>("listWorkflowExecutions", { namespace: "default", query: "ExecutionStatus = 'Running'", pageSize: 3 });
  const lines: string[] = [];
  for (const { execution } of page.executions) {
    const described = await world.call<DescribeWorkflowExecutionResponse>("describeWorkflowExecution", { namespace: "default", execution });
    const { history } = await world.call<{ history: Uint8Array }>("getWorkflowExecutionHistory", { namespace: "default", execution });
    const events = decodeHistory(history).map((event) => `${event.eventId} ${enumName(EventType, event.eventType).slice(11)}`);
    const pending = JSON.stringify({ task: described.pendingWorkflowTask, activities: described.pendingActivities.map(({ activityId, state, attempt }) => ({ activityId, state, attempt })), children: described.pendingChildren.map(({ workflowId, runId }) => `${workflowId} ${runId}`) });
    lines.push(`${execution?.workflowId}: ${events.join(", ")}; now ${world.time.now()}; ${pending}`);
  }
  return lines;
}
