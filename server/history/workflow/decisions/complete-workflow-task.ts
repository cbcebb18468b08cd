import type { Input } from "../../../../api/codec.ts";
import { durationMs } from "../../../../api/duration.ts";
import { invalidArgument, notFound } from "../../../../api/errors.ts";
import { CommandType, EventType, WorkflowTaskFailedCause } from "../../../../api/gen/enums.js";
import type { RespondWorkflowTaskCompletedRequest, RespondWorkflowTaskCompletedResponse } from "../../../../api/gen/messages.js";
import type { HistoryEnv, Namespace } from "../../env.ts";
import type { TaskToken, WorkflowTask } from "../../gen/messages.js";
import { CommandError, commandHandlers } from "../commands/index.ts";
import type { CommandContext } from "../commands/index.ts";
import { assertRunning, decideRunByKey } from "../decide-run.ts";
import { failWorkflowTask, scheduleWorkflowTask, startWorkflowTask, writeStarted } from "../machines/workflow-task.ts";
import type { Run } from "../run.ts";
import { decodeTaskToken } from "../task-token.ts";
import { startedTask, withHistory } from "../workflow-task-response.ts";
import type { StartedTask } from "../workflow-task-response.ts";

const TASK_NOT_FOUND_TEXT = "Workflow task not found.";

/** The run of a token whose workflow task is the one that is started now. */
export function requireTask(run: Run | undefined, token: TaskToken): { run: Run; task: WorkflowTask } {
  if (run === undefined || run.runId !== token.runId) throw notFound(TASK_NOT_FOUND_TEXT);
  assertRunning(run);
  const task = run.state.workflowTask;
  const isCurrent = task !== undefined && task.startedEventId === token.startedEventId && task.scheduledEventId === token.scheduledEventId && task.stamp === token.stamp && task.startedAt === token.startedAt;
  if (!isCurrent || task.startedEventId === 0) throw notFound(TASK_NOT_FOUND_TEXT);
  return { run, task };
}

interface Completed {
  readonly next: StartedTask | undefined;
}

export async function completeWorkflowTask(
  env: HistoryEnv,
  namespace: Namespace,
  request: RespondWorkflowTaskCompletedRequest,
): Promise<Input<RespondWorkflowTaskCompletedResponse>> {
  const token = decodeTaskToken(request.taskToken);
  const completed = await decideRunByKey(env, token, (found) => complete(requireTask(found, token).run, namespace, request)).catch((error: Error) => {
    if (error instanceof CommandError) return failForCommand(env, token, request, error);
    throw error;
  });
  return { workflowTask: completed.next === undefined ? undefined : await withHistory(env, completed.next) };
}

/** A bad command undoes the whole completion: the task fails instead, and the worker learns why. */
async function failForCommand(env: HistoryEnv, token: TaskToken, request: RespondWorkflowTaskCompletedRequest, error: CommandError): Promise<never> {
  await decideRunByKey(env, token, (found) => {
    const { run } = requireTask(found, token);
    failWorkflowTask(run, { cause: error.failedCause, failure: undefined, identity: request.identity });
    run.flushBufferedEvents();
    if (run.isRunning) scheduleWorkflowTask(run);
  });
  throw invalidArgument(error.message);
}

const CLOSING: ReadonlySet<number> = new Set([
  CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
  CommandType.COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION,
  CommandType.COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION,
  CommandType.COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION,
]);

function complete(run: Run, namespace: Namespace, request: RespondWorkflowTaskCompletedRequest): Completed {
  const { state } = run;
  const task = writeStarted(run);
  const completedEventId = run.addEvent({
    eventType: EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
    workflowTaskCompletedEventAttributes: {
      scheduledEventId: task.scheduledEventId,
      startedEventId: task.startedEventId,
      identity: request.identity,
      binaryChecksum: request.binaryChecksum,
      sdkMetadata: request.sdkMetadata,
      meteringMetadata: request.meteringMetadata,
      workerVersion: request.workerVersionStamp,
    },
  });
  state.previousStartedEventId = task.startedEventId;
  state.workflowTaskFailures = 0;
  setSticky(run, request);
  const context: CommandContext = { run, namespace, completedEventId, identity: request.identity, eagerActivities: [], hasClosed: false, messages: new Map(), newEvents: { hasBuffered: run.hasBufferedEvents } };
  for (const command of request.commands) applyCommand(context, command);
  return afterCommands(run, request, task);
}

function applyCommand(context: CommandContext, command: RespondWorkflowTaskCompletedRequest["commands"][number]): void {
  if (context.hasClosed) return;
  const handler = commandHandlers[command.commandType];
  if (handler === undefined) throw new CommandError(WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNSPECIFIED, `Unknown command type: ${command.commandType}`);
  if (CLOSING.has(command.commandType)) {
    if (context.run.hasBufferedEvents) throw new CommandError(WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND, "UnhandledCommand");
    context.hasClosed = true;
  }
  handler(context, command);
}

function setSticky(run: Run, request: RespondWorkflowTaskCompletedRequest): void {
  const name = request.stickyAttributes?.workerTaskQueue?.name ?? "";
  run.state.sticky = name === "" ? undefined : { name, scheduleToStartMs: durationMs(request.stickyAttributes?.scheduleToStartTimeout), workerSdk: "" };
}

function afterCommands(run: Run, request: RespondWorkflowTaskCompletedRequest, task: WorkflowTask): Completed {
  if (!run.isRunning) return { next: undefined };
  const hadBuffered = run.flushBufferedEvents();
  const isHeartbeat = request.forceCreateNewWorkflowTask;
  if (run.state.workflowTask === undefined && (hadBuffered || isHeartbeat)) {
    const inline = request.returnNewWorkflowTask;
    scheduleWorkflowTask(run, { inline, originalScheduledAt: isHeartbeat && !hadBuffered ? task.originalScheduledAt : run.now });
  }
  if (!request.returnNewWorkflowTask || run.state.workflowTask === undefined || run.state.workflowTask.startedEventId !== 0) return { next: undefined };
  const isSticky = run.state.sticky !== undefined;
  startWorkflowTask(run, { identity: request.identity, requestId: run.tx.uuid(), namespace: run.env.namespaces.byNumber(run.namespaceNumber) as Namespace });
  run.finish();
  return { next: startedTask(run, isSticky) };
}
