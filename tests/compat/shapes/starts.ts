import { Client, WorkflowExecutionAlreadyStartedError, WorkflowFailedError } from "@temporalio/client";
import { ApplicationFailure, TimeoutFailure, TimeoutType } from "@temporalio/common";
import { temporal } from "@temporalio/proto";
import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import { rejectionOf } from "../harness/rejection.ts";
import { eventually } from "../harness/eventually.ts";
import { headerClientInterceptor } from "../harness/header-interceptors.ts";
import { countOf, eventName, expectInOrder, firstOf, milestones } from "../harness/history-events.ts";
import type { Shape } from "../harness/world.ts";
import * as workflows from "../workflows/index.ts";

const { WorkflowIdConflictPolicy, WorkflowExecutionStatus } = temporal.api.enums.v1;

export const starts: Shape[] = [
  {
    name: "a workflow returns what it was given",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.echo, {
        workflowId: world.id("echo"),
        taskQueue: world.taskQueue,
        args: [{ text: "ünïcödé", list: [1, null, "two"] }],
      });
      expect(await handle.result()).toEqual({ text: "ünïcödé", list: [1, null, "two"] });
      expect((await world.history(handle)).map(eventName)).toEqual([
        "WorkflowExecutionStarted",
        "WorkflowTaskScheduled",
        "WorkflowTaskStarted",
        "WorkflowTaskCompleted",
        "WorkflowExecutionCompleted",
      ]);
      const description = await handle.describe();
      expect(description.status.name).toBe("COMPLETED");
      expect(description.historyLength).toBe(5);
      expect(description.closeTime!.getTime()).toBeGreaterThanOrEqual(description.startTime.getTime());
    },
  },
  {
    name: "a workflow fails with type, details and cause",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.failPlainly, {
        workflowId: world.id("fail"),
        taskQueue: world.taskQueue,
        args: ["OutOfStock"],
      });
      const error = await handle.result().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(WorkflowFailedError);
      const failure = (error as WorkflowFailedError).cause as ApplicationFailure;
      expect(failure).toBeInstanceOf(ApplicationFailure);
      expect({ type: failure.type, details: failure.details, cause: failure.cause?.message }).toEqual({
        type: "OutOfStock",
        details: [{ reason: "on purpose" }],
        cause: "the cause below",
      });
      expect(milestones(await world.history(handle))).toEqual(["WorkflowExecutionStarted", "WorkflowExecutionFailed"]);
    },
  },
  {
    name: "the id of a closed workflow is reused as the reuse policy says",
    async run(world) {
      const workflowId = world.id("reuse");
      const options = { workflowId, taskQueue: world.taskQueue };
      await world.client.workflow.execute(workflows.echo, { ...options, args: ["first"] });
      for (const workflowIdReusePolicy of ["REJECT_DUPLICATE", "ALLOW_DUPLICATE_FAILED_ONLY"] as const) {
        const refused = world.client.workflow.start(workflows.echo, {
          ...options,
          args: ["no"],
          workflowIdReusePolicy,
        });
        expect(await rejectionOf(refused)).toBeInstanceOf(WorkflowExecutionAlreadyStartedError);
      }
      const again = world.client.workflow.execute(workflows.failPlainly, {
        ...options,
        args: ["x"],
        workflowIdReusePolicy: "ALLOW_DUPLICATE",
      });
      expect(await rejectionOf(again)).toBeInstanceOf(WorkflowFailedError);
      const afterFailure = await world.client.workflow.execute(workflows.echo, {
        ...options,
        args: ["after failure"],
        workflowIdReusePolicy: "ALLOW_DUPLICATE_FAILED_ONLY",
      });
      expect(afterFailure).toBe("after failure");
    },
  },
  {
    name: "the id of a running workflow is taken as the conflict policy says",
    async run(world) {
      const options = { workflowId: world.id("conflict"), taskQueue: world.taskQueue };
      const first = await world.client.workflow.start(workflows.waitForever, options);
      const refused = world.client.workflow.start(workflows.waitForever, options);
      expect(await rejectionOf(refused)).toBeInstanceOf(WorkflowExecutionAlreadyStartedError);
      const joined = await world.client.workflow.start(workflows.waitForever, {
        ...options,
        workflowIdConflictPolicy: "USE_EXISTING",
      });
      expect(joined.firstExecutionRunId).toBe(first.firstExecutionRunId);
      const successor = await world.client.workflow.start(workflows.echo, {
        ...options,
        args: ["successor"],
        workflowIdConflictPolicy: "TERMINATE_EXISTING",
      });
      expect(successor.firstExecutionRunId).not.toBe(first.firstExecutionRunId);
      expect(await successor.result()).toBe("successor");
      const ended = await world.historyOf(options.workflowId, first.firstExecutionRunId);
      const { workflowExecutionTerminatedEventAttributes: terminated } = ended.at(-1)!;
      expect(terminated?.reason).toBe("TerminateIfRunning WorkflowIdReusePolicy");
    },
  },
  {
    name: "a start sent twice with one request id starts once, and a later request id attaches to the run",
    async run(world) {
      const request = {
        namespace: world.namespace,
        workflowId: world.id("request-id"),
        workflowType: { name: "waitForever" },
        taskQueue: { name: world.taskQueue },
        identity: "compat",
        requestId: randomUUID(),
      };
      const first = await world.client.workflowService.startWorkflowExecution(request);
      const second = await world.client.workflowService.startWorkflowExecution(request);
      expect([second.runId, second.started]).toEqual([first.runId, true]);
      const attaching = {
        ...request,
        requestId: randomUUID(),
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
        onConflictOptions: { attachRequestId: true, attachLinks: true, attachCompletionCallbacks: false },
      };
      const third = await world.client.workflowService.startWorkflowExecution(attaching);
      const fourth = await world.client.workflowService.startWorkflowExecution(attaching);
      expect([third.runId, third.started, fourth.started]).toEqual([first.runId, false, false]);
      // The event may wait for the end of the first workflow task.
      const events = await world.untilEvent(
        request.workflowId,
        (seen) => countOf(seen, "WorkflowExecutionOptionsUpdated") > 0,
      );
      expect(countOf(events, "WorkflowExecutionOptionsUpdated")).toBe(1);
      const { workflowExecutionOptionsUpdatedEventAttributes: updated } = firstOf(
        events,
        "WorkflowExecutionOptionsUpdated",
      );
      expect(updated?.attachedRequestId).toBe(attaching.requestId);
    },
  },
  {
    name: "an eager start hands the first workflow task to the starter",
    async run(world) {
      const taskQueue = world.id("eager-queue");
      await world.withWorker({ taskQueue }, async () => {
        const client = new Client({ connection: world.native, namespace: world.namespace });
        const handle = await client.workflow.start(workflows.greetOnce, {
          workflowId: world.id("eager"),
          taskQueue,
          args: ["eager"],
          requestEagerStart: true,
        });
        expect(handle.eagerlyStarted).toBe(true);
        expect(await handle.result()).toBe("hello eager");
        const { workflowExecutionStartedEventAttributes: started } = (await world.history(handle))[0]!;
        expect(started?.eagerExecutionAccepted).toBe(true);
      });
    },
  },
  {
    name: "a delayed start waits, and a plain signal does not shorten the wait",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.describeWorkflow, {
        workflowId: world.id("delay"),
        taskQueue: world.taskQueue,
        startDelay: "4s",
      });
      await handle.signal("release");
      const waiting = await world.history(handle);
      expect(waiting.map(eventName)).toEqual(["WorkflowExecutionStarted", "WorkflowExecutionSignaled"]);
      await handle.result();
      const events = await world.history(handle);
      expectInOrder(events, [
        "WorkflowExecutionStarted",
        "WorkflowExecutionSignaled",
        "WorkflowTaskScheduled",
        "WorkflowExecutionCompleted",
      ]);
      const first = events[0]!.workflowExecutionStartedEventAttributes!;
      expect(Number(first.firstWorkflowTaskBackoff?.seconds)).toBe(4);
    },
  },
  {
    name: "a signal-with-start releases a delayed start",
    async run(world) {
      const options = { workflowId: world.id("delay-released"), taskQueue: world.taskQueue, startDelay: "1 hour" };
      await world.client.workflow.start(workflows.describeWorkflow, options);
      const handle = await world.client.workflow.signalWithStart(workflows.describeWorkflow, {
        ...options,
        signal: workflows.releaseSignal,
      });
      expect(await handle.result()).toMatchObject({ attempt: 1 });
    },
  },
  {
    name: "memo, time-outs, retry policy and priority reach the workflow and its description",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.describeWorkflow, {
        workflowId: world.id("options"),
        taskQueue: world.taskQueue,
        memo: { owner: "compat", tags: ["a", "b"] },
        workflowExecutionTimeout: "90s",
        workflowRunTimeout: "80s",
        workflowTaskTimeout: "9s",
        retry: { maximumAttempts: 4 },
        priority: { priorityKey: 2, fairnessKey: "tenant", fairnessWeight: 2.5 },
        staticSummary: "a summary",
        staticDetails: "the *details*",
      });
      const description = await handle.describe();
      expect(description.memo).toEqual({ owner: "compat", tags: ["a", "b"] });
      expect(description.priority).toMatchObject({ priorityKey: 2, fairnessKey: "tenant" });
      expect([await description.staticSummary(), await description.staticDetails()]).toEqual([
        "a summary",
        "the *details*",
      ]);
      expect(description.taskQueue).toBe(world.taskQueue);
      await handle.signal("release");
      expect(await handle.result()).toMatchObject({
        memo: { owner: "compat", tags: ["a", "b"] },
        executionTimeoutMs: 90_000,
        runTimeoutMs: 80_000,
        taskTimeoutMs: 9_000,
        retryAttempts: 4,
        priority: { priorityKey: 2, fairnessKey: "tenant", fairnessWeight: 2.5 },
      });
      expect((await world.history(handle))[0]!.userMetadata?.summary).toBeTruthy();
    },
  },
  ...(["workflowExecutionTimeout", "workflowRunTimeout"] as const).map((timeout): Shape => ({
    name: `a workflow runs into its ${timeout}`,
    async run(world) {
      const handle = await world.client.workflow.start(workflows.waitForever, {
        workflowId: world.id(timeout),
        taskQueue: world.taskQueue,
        [timeout]: "1s",
      });
      const error = (await handle.result().catch((thrown: unknown) => thrown)) as WorkflowFailedError;
      expect(error.cause).toBeInstanceOf(TimeoutFailure);
      expect((error.cause as TimeoutFailure).timeoutType).toBe(TimeoutType.START_TO_CLOSE);
      expect(milestones(await world.history(handle)).at(-1)).toBe("WorkflowExecutionTimedOut");
      expect((await handle.describe()).status.name).toBe("TIMED_OUT");
    },
  })),
  {
    name: "a workflow task that no worker answers times out and is given to another",
    async run(world) {
      const taskQueue = world.id("silent-queue");
      const handle = await world.client.workflow.start(workflows.echo, {
        workflowId: world.id("task-timeout"),
        taskQueue,
        args: ["late"],
        workflowTaskTimeout: "1s",
      });
      const poll = { namespace: world.namespace, taskQueue: { name: taskQueue }, identity: "a worker that dies" };
      const task = await world.connection.withDeadline(Date.now() + 20_000, () =>
        world.client.workflowService.pollWorkflowTaskQueue(poll),
      );
      expect(task.workflowExecution?.workflowId).toBe(handle.workflowId);
      await world.withWorker({ taskQueue }, async () => expect(await handle.result()).toBe("late"));
      expectInOrder(await world.history(handle), [
        "WorkflowTaskStarted",
        "WorkflowTaskTimedOut",
        "WorkflowTaskScheduled",
        "WorkflowExecutionCompleted",
      ]);
    },
  },
  {
    name: "headers travel from client to workflow, signal and activity",
    async run(world) {
      const client = new Client({
        connection: world.connection,
        namespace: world.namespace,
        interceptors: { workflow: [headerClientInterceptor] },
      });
      const handle = await client.workflow.start(workflows.tellHeaders, {
        workflowId: world.id("headers"),
        taskQueue: world.taskQueue,
      });
      await handle.signal(workflows.finishSignal);
      expect(await handle.result()).toEqual({
        start: "from client",
        signal: "from signal",
        activity: "hello header, from client",
      });
      const events = await world.history(handle);
      expect(events[0]!.workflowExecutionStartedEventAttributes?.header?.fields).toHaveProperty("compat-trace");
      expect(
        firstOf(events, "ActivityTaskScheduled").activityTaskScheduledEventAttributes?.header?.fields,
      ).toHaveProperty("compat-trace");
    },
  },
  {
    name: "a workflow is deleted, history and all",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.echo, {
        workflowId: world.id("delete"),
        taskQueue: world.taskQueue,
        args: [1],
      });
      await handle.result();
      await world.client.workflowService.deleteWorkflowExecution({
        namespace: world.namespace,
        workflowExecution: { workflowId: handle.workflowId },
      });
      await eventually(async () =>
        expect(await rejectionOf(handle.describe())).toMatchObject({ name: "WorkflowNotFoundError" }),
      );
    },
  },
  {
    name: "a running workflow is terminated and then deleted",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.waitForever, {
        workflowId: world.id("delete-running"),
        taskQueue: world.taskQueue,
      });
      await world.client.workflowService.deleteWorkflowExecution({
        namespace: world.namespace,
        workflowExecution: { workflowId: handle.workflowId },
      });
      await eventually(async () =>
        expect(await rejectionOf(handle.describe())).toMatchObject({ name: "WorkflowNotFoundError" }),
      );
    },
  },
  {
    name: "random numbers and ids come out the same in every replay",
    async run(world) {
      const handle = await world.client.workflow.start(workflows.drawRandomly, {
        workflowId: world.id("random"),
        taskQueue: world.uncachedTaskQueue,
      });
      const drawn = await handle.result();
      expect(new Set([drawn.first, drawn.second]).size).toBe(2);
      expect((await handle.describe()).raw.workflowExecutionInfo?.status).toBe(
        WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED,
      );
    },
  },
];
