import type { Operation } from "./operation.ts";

/** A namespace that keeps what is closed for some seconds only. */
export const FLEETING = "fleeting";
export const FLEETING_RETENTION_MS = 30_000;
const CALL_MS = 4_000;

/** A run that is closed at once is there until its retention is over, whatever happens to the server meanwhile. */
export const fleeting: Operation = async ({ world, ledger, random, number, insist }, index) => {
  const workflowExecutionRetentionPeriod = { seconds: FLEETING_RETENTION_MS / 1_000, nanos: 0 };
  // Refused by all but the first: it is there then.
  await insist("registerNamespace", { namespace: FLEETING, workflowExecutionRetentionPeriod });
  const workflowId = `fleeting-${number}-${index}`;
  const named = { namespace: FLEETING, workflowExecution: { workflowId } };
  const started = await insist<{ runId: string }>(
    "startWorkflowExecution",
    {
      namespace: FLEETING,
      workflowId,
      workflowType: { name: "fleeting" },
      taskQueue: { name: "nobody" },
      requestId: random.uuid(),
    },
    CALL_MS,
  );
  if (started === undefined) return;
  const closedAfter = world.time.now();
  await insist("terminateWorkflowExecution", { ...named, identity: "operator" }, CALL_MS);
  ledger.fleeting.set(workflowId, world.time.now());
  // Clocks of two processes may be apart by so much.
  const keptUntil = closedAfter + FLEETING_RETENTION_MS - 2 * world.plan.clockOffMsMax;
  for (let look = 0; look < 3; look++) {
    await world.time.sleep(random.next() * FLEETING_RETENTION_MS * 0.4);
    const described = await insist(
      "describeWorkflowExecution",
      { namespace: FLEETING, execution: { workflowId } },
      CALL_MS,
    );
    const now = world.time.now();
    if (now >= keptUntil) return;
    if (described === undefined)
      ledger.violations.push(`${workflowId} is gone ${keptUntil - now} ms before its retention is over`);
  }
};
