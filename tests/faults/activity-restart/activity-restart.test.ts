/** Activities whose server dies in the middle of them: their worker, which lives, notices nothing but a delay. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { codeOf, pause } from "../harness/connection.ts";
import { completeWorkflow, countOf, Scene, scheduleActivity } from "../harness/scene.ts";

const NOT_FOUND = 5;
const ONCE = { retryPolicy: { maximumAttempts: 1 } };
const HEARTBEAT = { heartbeatTimeout: { seconds: 30, nanos: 0 } };
const BEAT_MS = 500;
const BEATS = 6;
const PORT = 17_910;

interface Row {
  /** Also the name of the workflow. */
  readonly what: string;
  readonly fields: object;
  /** Started just before the server dies, not some seconds earlier. */
  readonly isYoung?: boolean;
  readonly beats?: boolean;
  /** A young one that may be tried again may be handed out again: its start was not yet written down. */
  readonly mayStartAgain?: boolean;
}

const rows: readonly Row[] = [
  { what: "of many attempts, with heartbeats", fields: HEARTBEAT, beats: true },
  { what: "of many attempts, silent", fields: {} },
  { what: "of one attempt, with heartbeats", fields: { ...HEARTBEAT, ...ONCE }, beats: true },
  { what: "of one attempt, just started", fields: ONCE, isYoung: true },
  { what: "of many attempts, just started", fields: {}, isYoung: true, mayStartAgain: true },
];

let scene: Scene;
const tokens = new Map<string, Uint8Array>();

async function startActivity({ what, fields }: Row): Promise<void> {
  const task = await scene.pollActivity(what, 20_000);
  if (task === undefined) throw new Error(`${what} is not handed out: ${JSON.stringify(fields)}`);
  tokens.set(what, task.taskToken);
}

beforeAll(async () => {
  scene = await Scene.open({ port: PORT });
  for (const row of rows) {
    await scene.startWorkflow(row.what);
    await scene.doTask(row.what, [scheduleActivity(row.what, row.fields)]);
  }
  await Promise.all(rows.filter((row) => row.isYoung !== true).map(startActivity));
  for (let beat = 0; beat < BEATS; beat++) {
    await pause(BEAT_MS);
    for (const row of rows) if (row.beats === true) await scene.heartbeat(tokens.get(row.what) as Uint8Array);
  }
  await Promise.all(rows.filter((row) => row.isYoung === true).map(startActivity));
  await scene.killAndStart();
}, 60_000);

afterAll(() => scene[Symbol.asyncDispose]());

test.concurrent.for(rows)(
  "an activity $what has one start and one end, and is its first worker's after a restart",
  { timeout: 60_000 },
  async (row) => {
    const { what } = row;
    const answers = [tokens.get(what) as Uint8Array];
    const again = await scene.pollActivity(what, 3_000);
    if (again !== undefined && row.mayStartAgain === true) {
      expect(again.attempt).toBe(1);
      answers.push(again.taskToken);
    } else expect(again).toBeUndefined();
    if (row.beats === true)
      expect(await scene.heartbeat(answers[0] as Uint8Array)).toMatchObject({ cancelRequested: false });
    const codes: (number | undefined)[] = [];
    for (const token of answers)
      codes.push(codeOf(await scene.completeActivity(token).catch((error: unknown) => error)));
    expect(codes.toSorted()).toEqual([...answers.slice(1).map(() => NOT_FOUND), undefined]);
    await scene.doTask(what, [completeWorkflow]);
    const events = await scene.history(what);
    expect(countOf(events, "EVENT_TYPE_ACTIVITY_TASK_STARTED")).toBe(1);
    expect(countOf(events, "EVENT_TYPE_ACTIVITY_TASK_COMPLETED")).toBe(1);
    const started = events.find((event) => event.activityTaskStartedEventAttributes !== undefined);
    expect(started?.activityTaskStartedEventAttributes?.attempt).toBe(1);
    expect(countOf(events, "EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED")).toBe(1);
  },
);
