/** The client: its errors, lists, descriptions, policies, and calls with deadlines. */
import { expect } from "vitest";
import {
  Client,
  isGrpcCancelledError,
  isGrpcDeadlineError,
  isGrpcServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
} from "../../../sdk/client/index.ts";
import type { Area } from "./define.ts";
import { failureOf } from "./chain.ts";
import { eventNames, until, untilEvents } from "./histories.ts";
import type { Scene } from "./stage.ts";
import * as w from "./workflows/index.ts";

const NOBODY = "no-such-workflow";

/** What a client asks of a workflow that is not there. */
const ASKED: Readonly<Record<string, (scene: Scene) => Promise<unknown>>> = {
  describe: ({ client }) => client.workflow.getHandle(NOBODY).describe(),
  cancel: ({ client }) => client.workflow.getHandle(NOBODY).cancel(),
  terminate: ({ client }) => client.workflow.getHandle(NOBODY).terminate(),
  signal: ({ client }) => client.workflow.getHandle(NOBODY).signal("x"),
  query: ({ client }) => client.workflow.getHandle(NOBODY).query("x"),
  update: ({ client }) => client.workflow.getHandle(NOBODY).executeUpdate("x"),
  result: ({ client }) => client.workflow.getHandle(NOBODY).result(),
  fetchHistory: ({ client }) => client.workflow.getHandle(NOBODY).fetchHistory(),
};

export const clients: Area = ({ it, onTemporal }) => {
  for (const [name, ask] of Object.entries(ASKED)) {
    it(`${name} of a workflow that does not exist is WorkflowNotFoundError`, async (scene) => {
      const error = await ask(scene).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(WorkflowNotFoundError);
      expect((error as WorkflowNotFoundError).workflowId).toBe(NOBODY);
    });
  }

  it("who waits for a workflow on a queue that nobody polls is warned", async (scene) => {
    const taskQueue = `unpolled-${scene.id}`;
    const warned = new Promise<Error>((resolve) => {
      const listener = (warning: Error): void => {
        if (!warning.message.includes(taskQueue)) return;
        process.off("warning", listener);
        resolve(warning);
      };
      process.on("warning", listener);
    });
    const handle = await scene.start(w.returns, { taskQueue, args: [1] });
    const result = handle.result().catch(() => "terminated");
    expect(await warned).toMatchObject({ code: "PERDURE_NO_WORKER" });
    await handle.terminate();
    expect(await result).toBe("terminated");
  });

  it("starting an id that runs is WorkflowExecutionAlreadyStartedError", async (scene) => {
    const handle = await scene.start(w.waitsForFinish);
    const error = await scene.start(w.waitsForFinish).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(WorkflowExecutionAlreadyStartedError);
    expect(error).toMatchObject({ workflowId: scene.id, workflowType: "waitsForFinish" });
    await handle.terminate();
  });

  for (const [policy, then] of [
    ["ALLOW_DUPLICATE", "starts"],
    ["REJECT_DUPLICATE", "is refused"],
    ["ALLOW_DUPLICATE_FAILED_ONLY", "is refused"],
  ] as const) {
    it(`with ${policy}, an id that has completed ${then}`, async (scene) => {
      await scene.execute(w.returns, { args: [1] });
      const again = scene.execute(w.returns, { args: [2], workflowIdReusePolicy: policy });
      if (then === "starts") expect(await again).toBe(2);
      else await expect(again).rejects.toBeInstanceOf(WorkflowExecutionAlreadyStartedError);
    });
  }

  it("with ALLOW_DUPLICATE_FAILED_ONLY, an id that has failed starts", async (scene) => {
    await failureOf(scene.execute(w.failsWith, { args: ["x"] }));
    expect(await scene.execute(w.returns, { args: [2], workflowIdReusePolicy: "ALLOW_DUPLICATE_FAILED_ONLY" })).toBe(2);
  });

  it("with USE_EXISTING, a start gives the run that there is", async (scene) => {
    const first = await scene.start(w.waitsForFinish);
    const second = await scene.start(w.waitsForFinish, { workflowIdConflictPolicy: "USE_EXISTING" });
    expect(second.firstExecutionRunId).toBe(first.firstExecutionRunId);
    await first.signal(w.finish, 1);
    expect(await second.result()).toBe(1);
  });

  it("with TERMINATE_EXISTING, a start ends the run that there is", async (scene) => {
    const first = await scene.start(w.waitsForFinish);
    const second = await scene.start(w.waitsForFinish, { workflowIdConflictPolicy: "TERMINATE_EXISTING" });
    expect(await failureOf(first.result())).toMatchObject([{}, { name: "TerminatedFailure" }]);
    await second.signal(w.finish, 2);
    expect(await second.result()).toBe(2);
  });

  it("describe tells what there is to know", async (scene) => {
    const handle = await scene.start(w.waitsForFinish, { memo: { a: 1 }, searchAttributes: { SuiteInt: [3] } });
    const running = await handle.describe();
    expect(running).toMatchObject({
      type: "waitsForFinish",
      workflowId: scene.id,
      runId: handle.firstExecutionRunId,
      taskQueue: scene.taskQueue,
      status: { name: "RUNNING" },
      memo: { a: 1 },
      searchAttributes: { SuiteInt: [3] },
    });
    expect(running.closeTime).toBeUndefined();
    await handle.signal(w.finish, 1);
    await handle.result();
    const closed = await handle.describe();
    expect(closed.status.name).toBe("COMPLETED");
    expect(closed.closeTime?.getTime()).toBeGreaterThanOrEqual(closed.startTime.getTime());
    expect(closed.historyLength).toBeGreaterThan(4);
  });

  it("the history of a workflow, from first to last", async (scene) => {
    const handle = await scene.start(w.returns, { args: [1] });
    await handle.result();
    expect(await eventNames(handle)).toEqual([
      "WORKFLOW_EXECUTION_STARTED",
      "WORKFLOW_TASK_SCHEDULED",
      "WORKFLOW_TASK_STARTED",
      "WORKFLOW_TASK_COMPLETED",
      "WORKFLOW_EXECUTION_COMPLETED",
    ]);
  });

  it("a list finds workflows by a query, and their count", async (scene) => {
    const ids = [1, 2, 3].map((each) => `${scene.id}-${each}`);
    await Promise.all(
      ids.map((workflowId) =>
        scene.execute(w.returns, { workflowId, args: [1], searchAttributes: { SuiteKeyword: [scene.id] } }),
      ),
    );
    const query = `SuiteKeyword = '${scene.id}' AND WorkflowType = 'returns'`;
    await until(
      async () => (await scene.client.workflow.count(`${query} AND ExecutionStatus = 'Completed'`)).count,
      (value) => value === 3,
    );
    const found: string[] = [];
    for await (const { workflowId, status } of scene.client.workflow.list({ query, pageSize: 2 })) {
      found.push(workflowId);
      expect(status.name).toBe("COMPLETED");
    }
    expect(found.toSorted()).toEqual(ids.toSorted());
    const histories: string[] = [];
    for await (const { workflowId, history } of scene.client.workflow.list({ query }).intoHistories()) {
      expect((history as { events: unknown[] }).events.length).toBeGreaterThan(0);
      histories.push(workflowId);
    }
    expect(histories.toSorted()).toEqual(ids.toSorted());
  });

  it("a count by group", async (scene) => {
    await scene.execute(w.returns, { args: [1], searchAttributes: { SuiteKeyword: [scene.id] } });
    await failureOf(
      scene.execute(w.failsWith, {
        args: ["x"],
        workflowId: `${scene.id}-2`,
        searchAttributes: { SuiteKeyword: [scene.id] },
      }),
    );
    const query = `SuiteKeyword = '${scene.id}' GROUP BY ExecutionStatus`;
    await until(
      async () => (await scene.client.workflow.count(query)).groups.length,
      (value) => value === 2,
    );
  });

  it("a query that is no query is refused", async (scene) => {
    const error = await scene.client.workflow.count("this is = not a").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
  });

  it("a handle of one run reaches that run alone", async (scene) => {
    const first = await scene.start(w.returns, { args: ["first"] });
    await first.result();
    await scene.execute(w.returns, { args: ["second"] });
    const { client, id } = scene;
    expect(await client.workflow.getHandle(id, first.firstExecutionRunId).result()).toBe("first");
    expect(await client.workflow.getHandle(id).result()).toBe("second");
  });

  it("a handle of a chain does not reach a workflow of another chain", async (scene) => {
    const first = await scene.start(w.returns, { args: [1] });
    await first.result();
    const second = await scene.start(w.waitsForFinish);
    const handle = scene.client.workflow.getHandle(scene.id, undefined, {
      firstExecutionRunId: first.firstExecutionRunId,
    });
    await expect(handle.terminate()).rejects.toBeInstanceOf(WorkflowNotFoundError);
    expect((await second.describe()).status.name).toBe("RUNNING");
    await second.terminate();
  });

  it("a deadline ends a call", async (scene) => {
    const handle = await scene.start(w.waitsForFinish);
    const error = await scene.stage.connection
      .withDeadline(Date.now() + 300, () => handle.result())
      .catch((reason: unknown) => reason);
    expect(error).toSatisfy(isGrpcDeadlineError);
    await handle.terminate();
  });

  it("an abort signal ends a call", async (scene) => {
    const handle = await scene.start(w.waitsForFinish);
    const abort = new AbortController();
    const waiting = scene.stage.connection.withAbortSignal(abort.signal, () => handle.result());
    setTimeout(() => abort.abort(), 50);
    const error = await waiting.catch((reason: unknown) => reason);
    expect(error).toSatisfy(isGrpcCancelledError);
    await handle.terminate();
  });

  it("a namespace that does not exist is told", async (scene) => {
    const client = new Client({ connection: scene.stage.connection, namespace: "no-such-namespace" });
    const error = await client.workflow.start("x", scene.options()).catch((reason: unknown) => reason);
    expect((error as Error).message + String((error as Error).cause)).toMatch(/no-such-namespace|[Nn]amespace/);
  });

  it("calls of the service itself fail with their status", async (scene) => {
    const error = await scene.client.workflowService
      .describeWorkflowExecution({ namespace: scene.stage.namespace, execution: { workflowId: "" } })
      .catch((reason: unknown) => reason);
    expect(isGrpcServiceError(error)).toBe(true);
    expect((error as { code: number }).code).toBe(3);
  });

  for (const [options, message] of [
    [{ workflowId: "" }, /workflowId/],
    [{ taskQueue: "" }, /taskQueue/],
  ] as const) {
    it(`a start with ${JSON.stringify(options)} is refused before it is sent`, async (scene) => {
      await expect(scene.start(w.returns, { args: [1], ...options })).rejects.toThrow(message);
    });
  }

  onTemporal("a reset goes on from a task before, and signals are kept", async (scene) => {
    const handle = await scene.start(w.collects);
    await untilEvents(handle, "EVENT_TYPE_WORKFLOW_TASK_COMPLETED");
    await handle.signal(w.add, "kept");
    await untilEvents(handle, "EVENT_TYPE_WORKFLOW_TASK_COMPLETED", 2);
    const { runId } = await scene.client.workflowService.resetWorkflowExecution({
      namespace: scene.stage.namespace,
      workflowExecution: { workflowId: scene.id, runId: handle.firstExecutionRunId },
      workflowTaskFinishEventId: 4,
      requestId: scene.id,
      reason: "the suite",
    });
    expect(runId).not.toBe(handle.firstExecutionRunId);
    await scene.client.workflow.getHandle(scene.id).signal(w.finish, 0);
    expect(await scene.client.workflow.getHandle(scene.id).result()).toEqual(["kept"]);
  });

  onTemporal(
    "a schedule starts workflows when it is triggered, and is described, paused and deleted",
    async (scene) => {
      const handle = await scene.client.schedule.create({
        scheduleId: scene.id,
        spec: { intervals: [{ every: "1 day" }] },
        action: { type: "startWorkflow", workflowType: w.returns, args: ["scheduled"], taskQueue: scene.taskQueue },
      });
      await handle.trigger();
      await until(
        async () => (await handle.describe()).info.recentActions.length,
        (value) => value > 0,
      );
      await handle.pause("for the test");
      expect((await handle.describe()).state).toMatchObject({ paused: true, note: "for the test" });
      await handle.delete();
      await expect(handle.describe()).rejects.toMatchObject({ name: "ScheduleNotFoundError" });
    },
  );
};
