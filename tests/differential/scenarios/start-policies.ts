/** Which of the two policies decides, for every pair of them and every state of the previous run. */
import type { Conversation } from "../conversation.ts";
import { scenario } from "../scenario.ts";
import type { Scenario } from "../scenario.ts";
import { cancelWorkflow, completeWorkflow, continueAsNew, failWorkflow } from "../steps/commands.ts";
import { payloads } from "../steps/payload.ts";
import {
  cancelRequest,
  readHistory,
  signalWithStart,
  startRequest,
  startWorkflow,
  terminateWorkflow,
} from "../steps/workflow.ts";
import { doTask } from "../steps/workflow-task.ts";

const reusePolicies = [
  "UNSPECIFIED",
  "ALLOW_DUPLICATE",
  "ALLOW_DUPLICATE_FAILED_ONLY",
  "REJECT_DUPLICATE",
  "TERMINATE_IF_RUNNING",
] as const;
const conflictPolicies = ["UNSPECIFIED", "FAIL", "USE_EXISTING", "TERMINATE_EXISTING"] as const;

const statesOfPreviousRun: Record<string, (t: Conversation, workflowId: string) => Promise<void>> = {
  async running() {},
  async completed(t) {
    await silentTask(t, [completeWorkflow()]);
  },
  async failed(t) {
    await silentTask(t, [failWorkflow()]);
  },
  async canceled(t, workflowId) {
    await t.silently("RequestCancelWorkflowExecution", { namespace: t.namespace, workflowExecution: { workflowId } });
    await silentTask(t, [cancelWorkflow()]);
  },
  async terminated(t, workflowId) {
    await t.silently("TerminateWorkflowExecution", { namespace: t.namespace, workflowExecution: { workflowId } });
  },
  async continued(t) {
    await silentTask(t, [continueAsNew()]);
  },
};

async function silentTask(t: Conversation, commands: object[]): Promise<void> {
  const task = await t.silently("PollWorkflowTaskQueue", {
    namespace: t.namespace,
    taskQueue: { name: t.id("queue") },
  });
  await t.silently("RespondWorkflowTaskCompleted", { namespace: t.namespace, taskToken: task.taskToken, commands });
}

function policyScenario(reuse: string, conflict: string): Scenario {
  return scenario(`start policies/reuse ${reuse} with conflict ${conflict}`, async (t) => {
    for (const [state, bring] of Object.entries(statesOfPreviousRun)) {
      const workflowId = t.id(state);
      await t.silently("StartWorkflowExecution", startRequest(t, { workflowId, requestId: t.id("first") }));
      await bring(t, workflowId);
      const fields = {
        workflowId,
        workflowIdReusePolicy: reuse,
        workflowIdConflictPolicy: conflict,
        requestId: t.id("second"),
      };
      await startWorkflow(t, fields, { note: `the previous run is ${state}` });
      await t.silently("TerminateWorkflowExecution", { namespace: t.namespace, workflowExecution: { workflowId } });
    }
  });
}

function signalPolicyScenario(reuse: string, conflict: string): Scenario {
  return scenario(`start policies/signal with start, reuse ${reuse} with conflict ${conflict}`, async (t) => {
    for (const state of ["running", "completed", "failed"] as const) {
      const workflowId = t.id(state);
      await t.silently("StartWorkflowExecution", startRequest(t, { workflowId, requestId: t.id("first") }));
      await statesOfPreviousRun[state]!(t, workflowId);
      const fields = {
        workflowId,
        workflowIdReusePolicy: reuse,
        workflowIdConflictPolicy: conflict,
        requestId: t.id("second"),
        signalInput: payloads(1),
      };
      await signalWithStart(t, fields, { note: `the previous run is ${state}` });
      await readHistory(t, { workflowId });
      await t.silently("TerminateWorkflowExecution", { namespace: t.namespace, workflowExecution: { workflowId } });
    }
  });
}

export const startPolicies: Scenario[] = [
  ...reusePolicies.flatMap((reuse) => conflictPolicies.map((conflict) => policyScenario(reuse, conflict))),
  signalPolicyScenario("UNSPECIFIED", "UNSPECIFIED"),
  signalPolicyScenario("ALLOW_DUPLICATE", "FAIL"),
  signalPolicyScenario("ALLOW_DUPLICATE", "USE_EXISTING"),
  signalPolicyScenario("ALLOW_DUPLICATE", "TERMINATE_EXISTING"),
  signalPolicyScenario("ALLOW_DUPLICATE_FAILED_ONLY", "USE_EXISTING"),
  signalPolicyScenario("REJECT_DUPLICATE", "UNSPECIFIED"),
  signalPolicyScenario("TERMINATE_IF_RUNNING", "UNSPECIFIED"),

  scenario("start policies/request id of the running start", async (t) => {
    await startWorkflow(t, { requestId: t.id("same") });
    await startWorkflow(t, { requestId: t.id("same") }, { note: "a repeated request answers as the first" });
    await startWorkflow(t, { requestId: t.id("same"), workflowIdReusePolicy: "REJECT_DUPLICATE" });
    await startWorkflow(t, { requestId: t.id("same"), workflowIdConflictPolicy: "TERMINATE_EXISTING" });
    await startWorkflow(t, { requestId: t.id("same"), workflowIdConflictPolicy: "USE_EXISTING" });
    await doTask(t, [completeWorkflow()]);
    await startWorkflow(t, { requestId: t.id("same") }, { note: "also when the run is closed" });
    await startWorkflow(t, { requestId: t.id("other") });
    await startWorkflow(t, { requestId: t.id("same") }, { note: "the first run is not the current one any more" });
  }),

  scenario("start policies/request id attached to an existing run", async (t) => {
    await startWorkflow(t, { requestId: t.id("first") });
    const attach = { workflowIdConflictPolicy: "USE_EXISTING", onConflictOptions: { attachRequestId: true } };
    await startWorkflow(t, { requestId: t.id("second"), ...attach });
    await startWorkflow(t, { requestId: t.id("second"), ...attach }, { note: "again" });
    await startWorkflow(t, { requestId: t.id("second") }, { note: "the attached id without a policy" });
    await startWorkflow(
      t,
      { requestId: t.id("third"), workflowIdConflictPolicy: "USE_EXISTING" },
      { note: "not attached" },
    );
    await startWorkflow(t, { requestId: t.id("third") });
    await startWorkflow(
      t,
      { requestId: t.id("fourth"), ...attach, links: [linkTo("elsewhere")] },
      { note: "links without attachLinks" },
    );
    await startWorkflow(t, {
      requestId: t.id("fifth"),
      workflowIdConflictPolicy: "USE_EXISTING",
      onConflictOptions: { attachRequestId: true, attachLinks: true },
      links: [linkTo("elsewhere")],
    });
    await startWorkflow(
      t,
      {
        requestId: t.id("sixth"),
        workflowIdConflictPolicy: "USE_EXISTING",
        onConflictOptions: { attachLinks: true },
        links: [linkTo("elsewhere")],
      },
      { note: "links without the request id" },
    );
    await startWorkflow(
      t,
      {
        requestId: t.id("seventh"),
        workflowIdConflictPolicy: "USE_EXISTING",
        onConflictOptions: { attachCompletionCallbacks: true },
      },
      { note: "callbacks without the request id" },
    );
    await startWorkflow(
      t,
      { requestId: t.id("eighth"), onConflictOptions: { attachRequestId: true } },
      { note: "options without USE_EXISTING" },
    );
    await readHistory(t);
    await t.call("DescribeWorkflowExecution", { namespace: t.namespace, execution: { workflowId: t.id("workflow") } });
  }),

  scenario("start policies/terminate existing writes both runs", async (t) => {
    const first = await startWorkflow(t, { requestId: t.id("first") });
    await startWorkflow(t, { requestId: t.id("second"), workflowIdConflictPolicy: "TERMINATE_EXISTING" });
    await readHistory(t, { runId: first.runId as string });
    await readHistory(t);
    await terminateWorkflow(t, { firstExecutionRunId: first.runId });
    await terminateWorkflow(t);
  }),

  scenario("start policies/terminate existing while its workflow task is started", async (t) => {
    const first = await startWorkflow(t, { requestId: t.id("first") });
    const task = await t.silently("PollWorkflowTaskQueue", {
      namespace: t.namespace,
      taskQueue: { name: t.id("queue") },
    });
    await cancelRequest(t, {}, { note: "is buffered" });
    await startWorkflow(t, { requestId: t.id("second"), workflowIdReusePolicy: "TERMINATE_IF_RUNNING" });
    await t.call("RespondWorkflowTaskCompleted", {
      namespace: t.namespace,
      taskToken: task.taskToken,
      commands: [completeWorkflow()],
    });
    await readHistory(t, { runId: first.runId as string });
  }),
];

function linkTo(workflowId: string): object {
  return {
    workflowEvent: {
      namespace: "default",
      workflowId,
      runId: "11111111-1111-4111-8111-111111111111",
      eventRef: { eventId: "1", eventType: "WORKFLOW_EXECUTION_STARTED" },
    },
  };
}
