/** Updates: stages, answers in one task or several, what closing does to them, update with start. */
import type { Conversation } from "../conversation.ts";
import { scenario } from "../scenario.ts";
import type { Scenario } from "../scenario.ts";
import { activityCommand, completeActivity, pollActivityTask } from "../steps/activity.ts";
import {
  applicationFailure,
  cancelWorkflow,
  completeWorkflow,
  continueAsNew,
  failWorkflow,
  protocolMessage,
  recordMarker,
  startTimer,
} from "../steps/commands.ts";
import { payloadOfSize, payloads } from "../steps/payload.ts";
import {
  acceptance,
  beginUpdate,
  completion,
  pollUpdate,
  rejection,
  requestsOf,
  together,
  updateRequest,
} from "../steps/update.ts";
import type { Answer } from "../steps/update.ts";
import {
  cancelRequest,
  describeWorkflow,
  readHistory,
  signalWorkflow,
  startRequest,
  startWorkflow,
  terminateWorkflow,
} from "../steps/workflow.ts";
import {
  completeTask,
  doTask,
  failTask,
  pollWorkflowTask,
  stickyAttributes,
  stickyPoll,
} from "../steps/workflow-task.ts";
import type { Plain } from "../wire-format.ts";

/** A workflow that has done its first task and idles. */
async function idle(t: Conversation, commands: Plain[] = []): Promise<void> {
  await startWorkflow(t);
  await doTask(t, commands);
}

async function answerWith(
  t: Conversation,
  task: Plain,
  answer: Answer,
  more: Plain[] = [],
  fields: Plain = {},
): Promise<Plain> {
  return await completeTask(t, task, [...answer.commands, ...more], { messages: answer.messages, ...fields });
}

/** Lets a call that was begun reach the server before the next one. */
async function arrived(t: Conversation, updateId: string): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    const request = {
      namespace: t.namespace,
      updateRef: { workflowExecution: { workflowId: t.id("workflow") }, updateId },
    };
    const reply = await t.silently("PollWorkflowExecutionUpdate", request);
    if (reply.error?.code !== "NOT_FOUND") return;
    await t.sleep(25);
  }
}

const stages: Scenario[] = [
  scenario("updates/accepted and completed in one task", async (t) => {
    await idle(t);
    const update = beginUpdate(t, "update");
    const task = await pollWorkflowTask(t, { note: "a speculative task" });
    await readHistory(t, { note: "its events are shown to SDKs and not stored" });
    await readHistory(t, { headers: { "client-name": "temporal-cli" }, note: "as the command line sees it" });
    await describeWorkflow(t);
    const answers = requestsOf(task).map((request) => together(acceptance(request), completion(request)));
    await answerWith(t, task, together(...answers));
    await update.reply;
    await readHistory(t);
    await pollUpdate(t, "update", "COMPLETED").reply;
    await pollUpdate(t, "update", "ACCEPTED").reply;
    await pollUpdate(t, "update", "UNSPECIFIED").reply;
    await beginUpdate(t, "update", "COMPLETED", { note: "the same id again" }).reply;
    await beginUpdate(t, "update", "ACCEPTED", { note: "the same id, another stage" }).reply;
  }),

  scenario("updates/accepted, completed later", async (t) => {
    await idle(t);
    const accepted = beginUpdate(t, "update", "ACCEPTED");
    const task = await pollWorkflowTask(t);
    const [request] = requestsOf(task);
    await answerWith(t, task, acceptance(request!), [startTimer("work", "0.3s")]);
    await accepted.reply;
    const completed = pollUpdate(t, "update", "COMPLETED", { deadlineMs: 10_000 });
    const next = await pollWorkflowTask(t);
    await answerWith(t, next, completion(request!));
    await completed.reply;
    await readHistory(t);
    await beginUpdate(t, "update").reply;
  }),

  scenario("updates/outcome is a failure", async (t) => {
    await idle(t);
    const update = beginUpdate(t, "update");
    const task = await pollWorkflowTask(t);
    const [request] = requestsOf(task);
    await answerWith(
      t,
      task,
      together(acceptance(request!), completion(request!, { failure: applicationFailure("could not") })),
    );
    await update.reply;
    await readHistory(t);
  }),

  scenario("updates/rejected", async (t) => {
    await idle(t);
    const update = beginUpdate(t, "update");
    const task = await pollWorkflowTask(t);
    const reply = await answerWith(t, task, rejection(requestsOf(task)[0]!));
    await update.reply;
    await readHistory(t, { note: "a rejection leaves no trace" });
    await pollUpdate(t, "update", "COMPLETED", { note: "unknown again" }).reply;
    await signalWorkflow(t, "wake");
    await doTask(t, [completeWorkflow(String(reply.resetHistoryEventId))]);
    await readHistory(t);
  }),

  scenario("updates/rejected after a signal arrived", async (t) => {
    await idle(t);
    const update = beginUpdate(t, "update");
    const task = await pollWorkflowTask(t);
    await signalWorkflow(t, "meanwhile");
    await answerWith(t, task, rejection(requestsOf(task)[0]!));
    await update.reply;
    await doTask(t, [completeWorkflow()]);
    await readHistory(t);
  }),

  scenario("updates/rejected, worker can discard speculative tasks with events", async (t) => {
    await idle(t);
    await signalWorkflow(t, "before");
    await doTask(t, [activityCommand(t)]);
    const update = beginUpdate(t, "update");
    const task = await pollWorkflowTask(t);
    await completeActivity(t, await pollActivityTask(t));
    await answerWith(t, task, rejection(requestsOf(task)[0]!), [], {
      capabilities: { discardSpeculativeWorkflowTaskWithEvents: true },
    });
    await update.reply;
    await doTask(t, [completeWorkflow()]);
    await readHistory(t);
  }),

  scenario("updates/rejected beside a command", async (t) => {
    await idle(t);
    const update = beginUpdate(t, "update");
    const task = await pollWorkflowTask(t);
    await answerWith(t, task, rejection(requestsOf(task)[0]!), [recordMarker({ markerName: "kept" })]);
    await update.reply;
    await readHistory(t);
  }),

  scenario("updates/one accepted, one rejected", async (t) => {
    await idle(t);
    const first = beginUpdate(t, "first");
    await arrived(t, "first");
    const second = beginUpdate(t, "second");
    await arrived(t, "second");
    const task = await pollWorkflowTask(t);
    const [a, b] = requestsOf(task);
    await answerWith(t, task, together(rejection(a!), acceptance(b!), completion(b!)));
    await first.reply;
    await second.reply;
    await readHistory(t);
  }),

  scenario("updates/no answer from the worker", async (t) => {
    await idle(t);
    const update = beginUpdate(t, "update");
    const task = await pollWorkflowTask(t);
    await completeTask(t, task);
    await update.reply;
    await readHistory(t);
  }),

  scenario("updates/before the first workflow task", async (t) => {
    await startWorkflow(t);
    const update = beginUpdate(t, "update");
    await arrived(t, "update");
    const task = await pollWorkflowTask(t, { note: "the first task carries the update" });
    const [request] = requestsOf(task);
    await answerWith(t, task, together(acceptance(request!), completion(request!)));
    await update.reply;
    await readHistory(t);
  }),

  scenario("updates/while a workflow task is started", async (t) => {
    await startWorkflow(t);
    const task = await pollWorkflowTask(t);
    const update = beginUpdate(t, "update");
    await arrived(t, "update");
    await completeTask(t, task, [startTimer("timer", "60s")]);
    const next = await pollWorkflowTask(t);
    const [request] = requestsOf(next);
    await answerWith(t, next, together(acceptance(request!), completion(request!)));
    await update.reply;
    await readHistory(t);
  }),

  scenario("updates/inline next task carries the update", async (t) => {
    await startWorkflow(t);
    const task = await pollWorkflowTask(t);
    const update = beginUpdate(t, "update");
    await arrived(t, "update");
    const { workflowTask } = await completeTask(t, task, [], { returnNewWorkflowTask: true });
    const [request] = requestsOf(workflowTask);
    await answerWith(t, workflowTask, together(acceptance(request!), completion(request!)), [completeWorkflow()]);
    await update.reply;
    await readHistory(t);
  }),

  scenario("updates/on a sticky queue", async (t) => {
    await startWorkflow(t);
    const parked = t.begin("PollWorkflowTaskQueue", {
      namespace: t.namespace,
      identity: "worker@test",
      ...stickyPoll(t).fields,
    });
    await doTask(t, [], { stickyAttributes: stickyAttributes(t) });
    const update = beginUpdate(t, "update");
    const task = await parked.reply;
    const [request] = requestsOf(task);
    await answerWith(t, task, together(acceptance(request!), completion(request!)), [], {
      stickyAttributes: stickyAttributes(t),
    });
    await update.reply;
    await readHistory(t);
  }),

  scenario("updates/speculative task on a sticky queue without pollers", async (t) => {
    await startWorkflow(t);
    await doTask(t, [], { stickyAttributes: stickyAttributes(t, "1s") });
    const update = beginUpdate(t, "update");
    const task = await pollWorkflowTask(t);
    const [request] = requestsOf(task);
    await answerWith(t, task, together(acceptance(request!), completion(request!)));
    await update.reply;
    await readHistory(t);
  }),

  scenario("updates/deduplicated while in flight", async (t) => {
    await idle(t);
    const first = beginUpdate(t, "update");
    await arrived(t, "update");
    const second = beginUpdate(t, "update", "ACCEPTED");
    const task = await pollWorkflowTask(t);
    const [request] = requestsOf(task);
    await answerWith(t, task, together(acceptance(request!), completion(request!)));
    await first.reply;
    await second.reply;
    await readHistory(t);
  }),

  scenario("updates/nobody answers before the deadline", async (t) => {
    await idle(t);
    await beginUpdate(t, "update", "COMPLETED", { deadlineMs: 2000, note: "no worker" }).reply;
    const task = await pollWorkflowTask(t, { note: "the update is still there" });
    const [request] = requestsOf(task);
    await answerWith(t, task, acceptance(request!));
    await pollUpdate(t, "update", "COMPLETED", {
      deadlineMs: 3000,
      timed: true,
      note: "the reached stage before the deadline",
    }).reply;
    await beginUpdate(t, "update", "COMPLETED", { deadlineMs: 3000, timed: true }).reply;
  }),

  scenario(
    "updates/poll waits no longer than 20 seconds",
    async (t) => {
      await idle(t);
      const accepted = beginUpdate(t, "update", "ACCEPTED");
      const task = await pollWorkflowTask(t);
      await answerWith(t, task, acceptance(requestsOf(task)[0]!));
      await accepted.reply;
      const update = beginUpdate(t, "update", "COMPLETED", { deadlineMs: 30_000, timed: true });
      await pollUpdate(t, "update", "COMPLETED", { deadlineMs: 30_000, timed: true }).reply;
      await update.reply;
    },
    { slow: true },
  ),

  scenario("updates/the task of an update times out", async (t) => {
    await startWorkflow(t, { workflowTaskTimeout: "2s" });
    await doTask(t);
    const update = beginUpdate(t, "update");
    await pollWorkflowTask(t);
    const again = await pollWorkflowTask(t, { note: "sent again" });
    const [request] = requestsOf(again);
    await answerWith(t, again, together(acceptance(request!), completion(request!)));
    await update.reply;
    await readHistory(t);
  }),

  scenario("updates/the task of an update fails", async (t) => {
    await idle(t);
    const update = beginUpdate(t, "update", "COMPLETED", { deadlineMs: 5000 });
    await failTask(t, await pollWorkflowTask(t));
    await readHistory(t);
    const again = await pollWorkflowTask(t);
    const [request] = requestsOf(again);
    if (request !== undefined) await answerWith(t, again, together(acceptance(request), completion(request)));
    else await completeTask(t, again);
    await update.reply;
    await readHistory(t);
  }),

  scenario("updates/a workflow whose tasks keep failing", async (t) => {
    await startWorkflow(t);
    for (let attempt = 1; attempt <= 3; attempt++) await failTask(t, await pollWorkflowTask(t));
    await beginUpdate(t, "update", "COMPLETED", { deadlineMs: 3000 }).reply;
  }),
];

const bad: Scenario[] = [
  scenario("updates/validation", async (t) => {
    await idle(t);
    const send = async (note: string, fields: Plain): Promise<void> => {
      await t.call("UpdateWorkflowExecution", updateRequest(t, "update", "COMPLETED", fields), {
        note,
        deadlineMs: 3000,
      });
    };
    const longId = "x".repeat(1001);
    const meta = { updateId: "update" };
    await send("waiting for admitted", { waitPolicy: { lifecycleStage: "ADMITTED" } });
    await send("no workflow id", { workflowExecution: {} });
    await send("no execution", { workflowExecution: undefined });
    await send("run id that is no UUID", { workflowExecution: { workflowId: t.id("workflow"), runId: "nonsense" } });
    await send("unknown workflow", { workflowExecution: { workflowId: t.id("unknown") } });
    await send("unknown run", {
      workflowExecution: { workflowId: t.id("workflow"), runId: "11111111-1111-4111-8111-111111111111" },
    });
    await send("another first run", { firstExecutionRunId: "11111111-1111-4111-8111-111111111111" });
    await send("no request", { request: undefined });
    await send("no input", { request: { meta } });
    await send("no name", { request: { meta, input: { args: payloads(1) } } });
    await send("update id too long", { request: { meta: { updateId: longId }, input: { name: "change" } } });
    await send("name too long", { request: { meta, input: { name: longId } } });
    await send("unknown namespace", { namespace: "no-such-namespace" });
    await send("arguments too large", {
      request: { meta, input: { name: "change", args: { payloads: [payloadOfSize(2 * 1024 * 1024 + 1)] } } },
    });
    const poll = async (note: string, fields: Plain): Promise<void> => {
      const request = {
        namespace: t.namespace,
        updateRef: { workflowExecution: { workflowId: t.id("workflow") }, updateId: "update" },
        waitPolicy: { lifecycleStage: "COMPLETED" },
        ...fields,
      };
      await t.call("PollWorkflowExecutionUpdate", request, { note, deadlineMs: 3000 });
    };
    await poll("unknown update", {
      updateRef: { workflowExecution: { workflowId: t.id("workflow") }, updateId: "unknown" },
    });
    await poll("no reference", { updateRef: undefined });
    await poll("no update id", { updateRef: { workflowExecution: { workflowId: t.id("workflow") } } });
    await poll("unknown workflow", {
      updateRef: { workflowExecution: { workflowId: t.id("unknown") }, updateId: "update" },
    });
    await poll("waiting for admitted", { waitPolicy: { lifecycleStage: "ADMITTED" } });
    await poll("no wait policy", { waitPolicy: undefined });
  }),

  scenario("updates/generated id", async (t) => {
    await idle(t);
    const update = beginUpdate(t, "", "COMPLETED", {
      fields: { request: { meta: { identity: "client@test" }, input: { name: "change" } } },
    });
    const task = await pollWorkflowTask(t);
    const [request] = requestsOf(task);
    await answerWith(t, task, together(acceptance(request!), completion(request!)));
    await update.reply;
  }),

  scenario("updates/of a closed workflow", async (t) => {
    await startWorkflow(t);
    await doTask(t, [completeWorkflow()]);
    await beginUpdate(t, "update").reply;
    await pollUpdate(t, "update", "COMPLETED").reply;
  }),

  scenario("updates/of a closed workflow, completed before", async (t) => {
    await idle(t);
    const update = beginUpdate(t, "update");
    const task = await pollWorkflowTask(t);
    const [request] = requestsOf(task);
    await answerWith(t, task, together(acceptance(request!), completion(request!)), [completeWorkflow()]);
    await update.reply;
    await beginUpdate(t, "update").reply;
    await pollUpdate(t, "update", "COMPLETED").reply;
  }),

  scenario("updates/messages that are wrong", async (t) => {
    const accept = (request: Plain): Plain => acceptance(request).messages[0]!;
    const cases: Record<string, (request: Plain) => Answer> = {
      "acceptance of an unknown update": (request) => acceptance({ ...request, protocolInstanceId: "unknown" }),
      "completion before acceptance": (request) => completion(request),
      "acceptance twice": (request) => together(acceptance(request), acceptance(request)),
      "completion without outcome": (request) =>
        together(acceptance(request), {
          messages: [{ ...completion(request).messages[0]!, body: { "@type": "temporal.api.update.v1.Response" } }],
          commands: completion(request).commands,
        }),
      "rejection after acceptance": (request) => together(acceptance(request), rejection(request)),
      "acceptance without a command": (request) => ({ messages: acceptance(request).messages, commands: [] }),
      "message without a body": (request) => ({
        messages: [{ ...accept(request), body: undefined }],
        commands: acceptance(request).commands,
      }),
      "message without an id": (request) => ({ messages: [{ ...accept(request), id: "" }], commands: [] }),
      "command twice for one message": (request) => ({
        messages: [accept(request)],
        commands: [protocolMessage(accept(request).id as string), protocolMessage(accept(request).id as string)],
      }),
      "unknown body": (request) => ({
        messages: [{ ...accept(request), body: { "@type": "temporal.api.common.v1.Payload" } }],
        commands: acceptance(request).commands,
      }),
      "rejection without failure": (request) => {
        const { messages } = rejection(request);
        return {
          messages: [{ ...messages[0]!, body: { ...(messages[0]!.body as Plain), failure: undefined } }],
          commands: [],
        };
      },
    };
    for (const [note, answerOf] of Object.entries(cases)) {
      const name = note.replaceAll(" ", "-");
      const fields = { workflowExecution: { workflowId: t.id(name) } };
      await t.silently(
        "StartWorkflowExecution",
        startRequest(t, { workflowId: t.id(name), taskQueue: { name: t.id(name) } }),
      );
      const first = await t.silently("PollWorkflowTaskQueue", {
        namespace: t.namespace,
        taskQueue: { name: t.id(name) },
      });
      await t.silently("RespondWorkflowTaskCompleted", { namespace: t.namespace, taskToken: first.taskToken });
      const update = t.silently("UpdateWorkflowExecution", updateRequest(t, "update", "COMPLETED", fields), {
        deadlineMs: 3000,
      });
      const task = await t.silently("PollWorkflowTaskQueue", {
        namespace: t.namespace,
        taskQueue: { name: t.id(name) },
      });
      const answer = answerOf(requestsOf(task)[0]!);
      await completeTask(t, task, answer.commands, { messages: answer.messages }, { note });
      await readHistory(t, { workflowId: t.id(name), headers: { "client-name": "temporal-cli" } });
      await t.silently("TerminateWorkflowExecution", {
        namespace: t.namespace,
        workflowExecution: { workflowId: t.id(name) },
      });
      await update;
    }
  }),

  scenario("updates/more than ten in flight", async (t) => {
    await idle(t);
    const begun = [];
    for (let index = 0; index < 10; index++) {
      begun.push(beginUpdate(t, `update-${index}`, "COMPLETED", { deadlineMs: 2500 }));
      await arrived(t, `update-${index}`);
    }
    await beginUpdate(t, "one-too-many").reply;
    for (const { reply } of begun) await reply;
  }),
];

const closings: Record<string, Plain> = {
  complete: completeWorkflow(),
  fail: failWorkflow(),
  cancel: cancelWorkflow(),
  "continue as new": continueAsNew(),
};

const aborts: Scenario[] = [
  ...Object.entries(closings).map(([kind, command]) =>
    scenario(`updates/accepted, then the workflow closes: ${kind}`, async (t) => {
      await idle(t);
      const update = beginUpdate(t, "update", "COMPLETED", { deadlineMs: 8000 });
      const task = await pollWorkflowTask(t);
      await answerWith(t, task, acceptance(requestsOf(task)[0]!), [command]);
      await update.reply;
      await pollUpdate(t, "update", "COMPLETED", { deadlineMs: 3000 }).reply;
      await readHistory(t, { runId: (task.workflowExecution as { runId: string }).runId });
    }),
  ),

  ...Object.entries(closings).map(([kind, command]) =>
    scenario(`updates/not answered in the task that closes the workflow: ${kind}`, async (t) => {
      await idle(t);
      const update = beginUpdate(t, "update", "COMPLETED", { deadlineMs: 8000 });
      const task = await pollWorkflowTask(t);
      const runId = (task.workflowExecution as { runId: string }).runId;
      await completeTask(t, task, [command]);
      await readHistory(t, { runId });
      if (kind === "continue as new") {
        await doTask(t, [completeWorkflow()], {}, { note: "may be the new run, may carry the update" });
      }
      await update.reply;
    }),
  ),

  scenario("updates/admitted during the task that closes the workflow", async (t) => {
    await startWorkflow(t);
    const task = await pollWorkflowTask(t);
    const update = beginUpdate(t, "update", "COMPLETED", { deadlineMs: 8000 });
    await arrived(t, "update");
    await completeTask(t, task, [completeWorkflow()]);
    await update.reply;
    await readHistory(t);
  }),

  scenario("updates/admitted during the task that continues as new", async (t) => {
    await startWorkflow(t);
    const task = await pollWorkflowTask(t);
    const update = beginUpdate(t, "update", "COMPLETED", { deadlineMs: 12_000 });
    await arrived(t, "update");
    await completeTask(t, task, [continueAsNew()]);
    const next = await pollWorkflowTask(t, { note: "the new run, with the update" });
    const answers = requestsOf(next).map((request) => together(acceptance(request), completion(request)));
    await answerWith(t, next, together(...answers));
    await update.reply;
  }),

  scenario("updates/workflow terminated while one is sent", async (t) => {
    await idle(t);
    const update = beginUpdate(t, "update", "COMPLETED", { deadlineMs: 8000 });
    const task = await pollWorkflowTask(t);
    await terminateWorkflow(t);
    await update.reply;
    await completeTask(t, task);
    await readHistory(t);
  }),

  scenario("updates/workflow terminated while one is admitted", async (t) => {
    await idle(t);
    const update = beginUpdate(t, "update", "COMPLETED", { deadlineMs: 8000 });
    await arrived(t, "update");
    await terminateWorkflow(t);
    await update.reply;
    await readHistory(t);
  }),

  scenario("updates/workflow terminated while one is accepted", async (t) => {
    await idle(t);
    const accepted = beginUpdate(t, "update", "ACCEPTED");
    const task = await pollWorkflowTask(t);
    await answerWith(t, task, acceptance(requestsOf(task)[0]!));
    await accepted.reply;
    const completed = pollUpdate(t, "update", "COMPLETED", { deadlineMs: 8000 });
    await t.sleep(200);
    await terminateWorkflow(t);
    await completed.reply;
    await beginUpdate(t, "update").reply;
    await readHistory(t);
  }),

  scenario("updates/a signal makes a speculative task a normal one", async (t) => {
    await idle(t);
    const update = beginUpdate(t, "update");
    await arrived(t, "update");
    await signalWorkflow(t, "before-the-poll");
    await readHistory(t);
    const task = await pollWorkflowTask(t);
    const [request] = requestsOf(task);
    await answerWith(t, task, together(acceptance(request!), completion(request!)));
    await update.reply;
    await cancelRequest(t);
    await readHistory(t);
  }),

  scenario("updates/queued behind a running task together with signals", async (t) => {
    await startWorkflow(t);
    const task = await pollWorkflowTask(t);
    const update = beginUpdate(t, "update");
    await arrived(t, "update");
    await signalWorkflow(t, "signal");
    await completeTask(t, task, [completeWorkflow()], {}, { note: "both hinder the close" });
    await t.sleep(500); // The failed task aborts the update inside the server, which then admits it again.
    const next = await pollWorkflowTask(t);
    const answers = requestsOf(next).map((request) => together(acceptance(request), completion(request)));
    await answerWith(t, next, together(...answers), [completeWorkflow()]);
    await update.reply;
    await readHistory(t);
  }),
];

export const updates: Scenario[] = [...stages, ...bad, ...aborts];
