/** Small trees of workflow code and runs of it, for tests. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { ActivationCompletion, ActivationJob, WorkflowRun } from "../../workflow/activation.ts";
import { defaultPayloadConverter, toPayloads } from "../../common/index.ts";
import { activationOf, initialize } from "../../workflow/run-fixture.ts";
import { loadWorkflowCode } from "./loader/load-workflow-code.ts";
import type { WorkflowCodePaths } from "./loader/load-workflow-code.ts";
import { SandboxHost } from "./sandbox-host.ts";
import type { SandboxHostOptions } from "./sandbox-host.ts";
import type { HostRunOptions, WorkflowHost } from "./workflow-host.ts";

export type Files = Readonly<Record<string, string>>;

/** Writes files and returns their folder, which is gone after the test. */
export function tree(files: Files): string {
  const folder = mkdtempSync(join(tmpdir(), "workflow-code-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** A host for `workflows.ts` of the files, or for one file given as text. */
export function sandbox(
  files: Files | string,
  options: Partial<Omit<SandboxHostOptions, "code">> & Partial<WorkflowCodePaths> = {},
): SandboxHost {
  const folder = tree(typeof files === "string" ? { "workflows.ts": files } : files);
  const { deadlockLimitMs = 0, deadlineKeeper, realms, ...paths } = options;
  const code = loadWorkflowCode({ workflowsPath: join(folder, "workflows"), ...paths });
  const host = new SandboxHost({ code, deadlockLimitMs, deadlineKeeper, realms });
  onTestFinished(() => host.close());
  return host;
}

let runs = 0;

export interface StartedRun {
  readonly run: WorkflowRun;
  readonly completion: ActivationCompletion;
  activate(...jobs: ActivationJob[]): Promise<ActivationCompletion>;
}

/** Starts a run and applies its first activation. */
export async function start(host: WorkflowHost, workflowType: string, ...args: unknown[]): Promise<StartedRun> {
  return startWith({}, host, workflowType, ...args);
}

export async function startWith(
  options: Partial<HostRunOptions>,
  host: WorkflowHost,
  workflowType: string,
  ...args: unknown[]
): Promise<StartedRun> {
  const runId = `run-${++runs}`;
  const run = host.createRun({ runId, ...options });
  const activate = async (...jobs: ActivationJob[]) => host.drive(run, activationOf(runId, {}, jobs));
  const payloads = toPayloads(defaultPayloadConverter, ...args) ?? [];
  return { run, activate, completion: await activate(initialize({ workflowType, arguments: payloads })) };
}

/** What a workflow that needs one activation returns. */
export async function resultOf(host: WorkflowHost, workflowType: string, ...args: unknown[]): Promise<unknown> {
  const { completion } = await start(host, workflowType, ...args);
  return result(completion);
}

/** The result in a completion; its failure as text when it has none. */
export function result(completion: ActivationCompletion): unknown {
  if (completion.status === "failed") return `failed: ${completion.failure.message}`;
  for (const command of completion.commands) {
    if (command.kind === "failWorkflowExecution") return `failed: ${command.failure.message}`;
    if (command.kind !== "completeWorkflowExecution") continue;
    return command.result && defaultPayloadConverter.fromPayload(command.result);
  }
  return completion.commands.map(({ kind }) => kind);
}
