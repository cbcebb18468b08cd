import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promiseHooks } from "node:v8";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { defaultPayloadConverter } from "../../common/index.ts";
import type { EnhancedStackTrace } from "../../workflow/index.ts";
import { InlineHost } from "./inline-host.ts";
import { loadWorkflowCode } from "./loader/load-workflow-code.ts";
import { bundleWorkflowCode, readWorkflowBundle } from "./loader/workflow-bundle.ts";
import type { WorkflowCode } from "./loader/workflow-code.ts";
import { start, startWith, tree } from "./sandbox-fixture.ts";
import { SandboxHost } from "./sandbox-host.ts";
import * as workflows from "./stack-traces-fixture.ts";
import type { WorkflowHost } from "./workflow-host.ts";

const FIXTURE = "stack-traces-fixture.ts";

/** The fixture where it is a user's: what lies in the library's folders is the library's. */
function userFile(): string {
  const text = readFileSync(join(import.meta.dirname, FIXTURE), "utf8");
  return join(tree({ [FIXTURE]: text.replace("../../workflow/index.ts", "perdure/workflow") }), FIXTURE);
}

async function bundleOf(bundler: "perdure" | "esbuild"): Promise<WorkflowCode> {
  return readWorkflowBundle({ code: (await bundleWorkflowCode({ workflowsPath: userFile(), bundler })).code });
}

function sandbox(code: WorkflowCode, deadlockLimitMs = 0): SandboxHost {
  return new SandboxHost({ code, deadlockLimitMs });
}

const hosts: readonly (readonly [string, () => WorkflowHost | Promise<WorkflowHost>])[] = [
  ["in a sandbox", () => sandbox(loadWorkflowCode({ workflowsPath: userFile() }))],
  ["in a bundle", async () => sandbox(await bundleOf("perdure"))],
  ["in a bundle with a source map", async () => sandbox(await bundleOf("esbuild"))],
  ["inline", () => new InlineHost({ workflows })],
];

const stackTraces = {
  isRecorded: true,
  // For inline workflows only: those are in the library's folders.
  isInternal: (path: string) => !path.endsWith(FIXTURE),
};

/** Each stack as the functions and lines of its frames. */
async function stacksOf(host: WorkflowHost, workflowType: string): Promise<string[]> {
  onTestFinished(() => host.close());
  const { activate } = await startWith({ stackTraces }, host, workflowType);
  const completion = await activate({
    kind: "queryWorkflow",
    queryId: "q",
    queryType: "__enhanced_stack_trace",
    arguments: [],
    headers: {},
  });
  const answer = completion.status === "successful" ? completion.commands[0] : undefined;
  if (answer?.kind !== "respondToQuery" || answer.result.status !== "succeeded") throw new Error("no answer");
  const { stacks } = defaultPayloadConverter.fromPayload<EnhancedStackTrace>(answer.result.response);
  return stacks.map(({ locations }) =>
    locations
      .filter(({ internal_code: isInternal }) => !isInternal)
      .map(({ function_name: name, line }) => `${name} ${line}`)
      .join(" < "),
  );
}

describe.each(hosts)("%s the stack trace shows", (_, open) => {
  test.each<[string, keyof typeof workflows, string[]]>([
    ["where a promise is awaited, not where it was made", "madeEarlier", ["madeEarlier 18"]],
    ["the helper that waits, and its caller", "inHelper", ["never 5 < helper 10 < inHelper 24"]],
    ["each that is waited for together", "all", ["all 31", "never 5 < helper 10 < all 28"]],
    ["where a race is awaited", "raced", ["raced 38"]],
    ["the end of a chain", "chained", ["never 5 < chained 42", "chained 43"]],
    ["the promise that a function returns", "notAsync", ["never 5 < notAsync 47"]],
    ["nothing that is settled", "onlyTheLibrary", ["onlyTheLibrary 53"]],
    ["the generator that waits", "generated", ["never 5 < numbers 58 < generated 62"]],
  ])("%s", async (_, workflow, stacks) => {
    expect(await stacksOf(await open(), workflow)).toEqual(stacks);
  });
});

test("promises are watched for runs that record only, and while they are driven only", async () => {
  let watchers = 0;
  const { createHook } = promiseHooks;
  const spy = vi.spyOn(promiseHooks, "createHook").mockImplementation((callbacks) => {
    watchers++;
    const stop = createHook(callbacks) as () => void;
    return () => {
      watchers--;
      stop();
    };
  });
  onTestFinished(() => spy.mockRestore());
  const host = sandbox(loadWorkflowCode({ workflowsPath: userFile() }), 150);
  onTestFinished(() => host.close());
  await start(host, "all");
  expect(spy).not.toHaveBeenCalled();
  await startWith({ stackTraces }, host, "all");
  const { completion } = await startWith({ stackTraces }, host, "endless");
  expect(completion.status).toBe("failed");
  expect(spy).toHaveBeenCalledTimes(2);
  expect(watchers).toBe(0);
});
