// Histories that the official SDK wrote, replayed with our SDK running the same workflow code.

import { expect, test, vi } from "vitest";
import type { ActivationCompletion } from "../../sdk/workflow/activation.ts";
import { replayHistory } from "../../sdk/worker/runs/index.ts";
import { inlineDriver } from "./inline-driver.ts";
import { historyNames, recordedHistory } from "./recorded-history.ts";
import type { RecordedHistory } from "./recorded-history.ts";

vi.mock("@temporalio/workflow", () => import("../../sdk/workflow/index.ts"));

const workflows = await import("./workflows/index.ts");
const driver = inlineDriver(workflows);

async function replay({ workflowId, runId, bytes }: RecordedHistory): Promise<ActivationCompletion[]> {
  const completions: ActivationCompletion[] = [];
  await replayHistory({
    run: { namespace: "default", workflowId, runId, workflowType: "", taskQueue: "queue" },
    history: bytes,
    sdk: { name: "perdure", version: "0" },
    codecs: [],
    createRun: () => driver.createRun(runId),
    onSinkCalls: () => {},
    async drive(run, activation) {
      const completion = await driver.drive(run, activation);
      completions.push(completion);
      return completion;
    },
  });
  return completions;
}

/** What one of these returned tells real times that a replay by the official SDK does not tell again either. */
const TIMES = /^stays-local/;

test.for(historyNames())("%s replays", async (name) => {
  const history = recordedHistory(name);
  const completions = await replay(history);
  const commands = completions.flatMap((completion) => (completion.status === "successful" ? completion.commands : []));
  const closing = commands.find(({ kind }) => kind === "completeWorkflowExecution");
  const result = closing?.kind === "completeWorkflowExecution" ? closing.result?.data : undefined;
  const completed = history.events.at(-1)?.workflowExecutionCompletedEventAttributes;
  const expected = completed?.result?.payloads?.[0]?.data;
  if (!TIMES.test(name)) expect(text(result)).toBe(text(Buffer.from(expected ?? "", "base64")));
});

function text(data: Uint8Array | null | undefined): string {
  return Buffer.from(data ?? []).toString();
}
