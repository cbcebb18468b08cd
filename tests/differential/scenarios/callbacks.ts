import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Conversation } from "../conversation.ts";
import type { Scenario } from "../scenario.ts";
import { scenario as plainScenario } from "../scenario.ts";
import { completeWorkflow, continueAsNew, startTimer } from "../steps/commands.ts";
import { resetWorkflow } from "../steps/reset.ts";
import { describeWorkflow, readHistory, startWorkflow, terminateWorkflow } from "../steps/workflow.ts";
import { doTask } from "../steps/workflow-task.ts";
import type { Plain } from "../wire-format.ts";

function scenario(name: string, run: (t: Conversation) => Promise<void>): Scenario {
  return plainScenario(`callbacks/${name}`, run, { settings: "callbacks" });
}

const NOWHERE = "http://127.0.0.1:1/done";

function callbacks(url = NOWHERE): Plain {
  return { completionCallbacks: [{ nexus: { url, header: { "X-Mine": "yes" } } }] };
}

async function describeWhen(t: Conversation, state: string): Promise<void> {
  await t.callWhen(
    "DescribeWorkflowExecution",
    { namespace: t.namespace, execution: { workflowId: t.id("workflow") } },
    (reply) => reply.callbacks?.[0]?.state === state,
  );
}

/** Somebody who answers callbacks with this status; its address differs from run to run. */
async function withListener(t: Conversation, status: number, act: (url: string) => Promise<void>): Promise<void> {
  t.mask("url");
  const server = createServer(
    (request, response) => void request.resume().on("end", () => response.writeHead(status).end()),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    await act(`http://127.0.0.1:${(server.address() as AddressInfo).port}/done`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

const answers = Object.entries({
  200: "SUCCEEDED",
  400: "FAILED",
  404: "FAILED",
  429: "BACKING_OFF",
  500: "BACKING_OFF",
  501: "FAILED",
});

export const callbackScenarios: readonly Scenario[] = [
  scenario("before the end", async (t) => {
    await startWorkflow(t, callbacks());
    await describeWorkflow(t);
    await startWorkflow(t, {
      ...callbacks("http://127.0.0.1:1/attached"),
      requestId: t.id("attached"),
      workflowIdConflictPolicy: "USE_EXISTING",
      onConflictOptions: { attachRequestId: true, attachCompletionCallbacks: true },
    });
    await describeWorkflow(t);
    await readHistory(t);
  }),
  ...answers.map(([status, state]) =>
    scenario(`answered with ${status}`, async (t) =>
      withListener(t, Number(status), async (url) => {
        await startWorkflow(t, callbacks(url));
        await doTask(t, [completeWorkflow("result")]);
        await describeWhen(t, state);
      }),
    ),
  ),
  scenario("of a run that continues as new", async (t) => {
    await startWorkflow(t, callbacks());
    await doTask(t, [continueAsNew()]);
    await describeWorkflow(t);
    await readHistory(t);
  }),
  scenario("of a run that is reset", async (t) => {
    await startWorkflow(t, callbacks());
    await doTask(t, [startTimer("timer", "3600s")]);
    await resetWorkflow(t, 4);
    await describeWorkflow(t);
  }),
  scenario("of a run that is terminated", async (t) =>
    withListener(t, 200, async (url) => {
      await startWorkflow(t, callbacks(url));
      await terminateWorkflow(t);
      await describeWhen(t, "SUCCEEDED");
    }),
  ),
];
