import type { Input } from "../../../../api/codec.ts";
import { durationMs } from "../../../../api/duration.ts";
import { invalidArgument, notFound } from "../../../../api/errors.ts";
import { CommandType, EventType, WorkflowTaskFailedCause } from "../../../../api/gen/enums.js";
import { Failure } from "../../../../api/gen/messages.js";
import { assert } from "../../../../base/index.ts";
import type {
  PollActivityTaskQueueResponse,
  RespondWorkflowTaskCompletedRequest,
  RespondWorkflowTaskCompletedResponse,
} from "../../../../api/gen/messages.js";
import { StoreUnavailableError } from "../../../store/errors.ts";
import type { HistoryEnv, Namespace } from "../../env.ts";
import type { ActivityPart, TaskToken, WorkflowTask } from "../../gen/messages.js";
import { activityTaskResponse } from "../activity-task-response.ts";
import { CommandError, commandHandlers, TerminatingCommandError } from "../commands/index.ts";
import type { CommandContext } from "../commands/index.ts";
import { CommittedRefusal } from "../../kernel/index.ts";
import { decideRunByKey } from "../decide-run.ts";
import {
  failWorkflowTask,
  scheduleWorkflowTask,
  startWorkflowTask,
  timeOutStartedTask,
  writeStarted,
} from "../machines/workflow-task.ts";
import { forgetProblems } from "../machines/reported-problems.ts";
import { UpdateAnswers } from "../machines/update-answers.ts";
import { hasAdmittedUpdates, sendUpdates } from "../machines/update.ts";
import { addResetPoint } from "../reset-points.ts";
import type { Run } from "../run.ts";
import { SERVER_IDENTITY } from "../machines/server-identity.ts";
import { terminateRun } from "../machines/terminate.ts";
import { partKey } from "../parts.ts";
import { WORKFLOW_TASK_KIND } from "../task-kinds.ts";
import { currentTask } from "./current-task.ts";
import { takeBackTask } from "./take-back-task.ts";
import { discardTask, isDiscardable } from "./update-discard.ts";
import { answerQueries, attachQueries, sentQueries, unblockQueries } from "./query.ts";
import { camelCase } from "../camel-case.ts";
import { decodeTaskToken } from "../task-token.ts";
import { startedTask, withHistory } from "../workflow-task-response.ts";
import type { StartedTask } from "../workflow-task-response.ts";

const TASK_NOT_FOUND_TEXT = "Workflow task not found.";

/** The run of a token whose workflow task is the one that is started now. */
export function requireTask(run: Run | undefined, token: TaskToken): { run: Run; task: WorkflowTask } {
  const current = currentTask(run, token);
  if (current === undefined) throw notFound(TASK_NOT_FOUND_TEXT);
  return current;
}

interface Completed {
  readonly next: StartedTask | undefined;
  /** Activities that the same worker starts at once. */
  readonly activityTasks: Input<PollActivityTaskQueueResponse>[];
  /** Set when the task left no trace: the worker steps back to this Started event. */
  readonly resetHistoryEventId?: number;
}

/** Request id of a task that its predecessor's completion starts. */
const INLINE_REQUEST_ID = "request-from-RespondWorkflowTaskCompleted";
const NOTHING_NEXT: Completed = { next: undefined, activityTasks: [] };

export async function completeWorkflowTask(
  env: HistoryEnv,
  namespace: Namespace,
  request: RespondWorkflowTaskCompletedRequest,
): Promise<Input<RespondWorkflowTaskCompletedResponse>> {
  const token = decodeTaskToken(request.taskToken);
  checkSequence(request.commands);
  const completed = await decideRunByKey(env, token, (found) =>
    complete(heartbeatInTime(requireTask(found, token), request), namespace, request),
  ).catch((error: Error) => {
    if (error instanceof CommandError) return failForCommand(env, token, request, error);
    if (error instanceof TerminatingCommandError) return terminateForCommand(env, token, request, error);
    throw error;
  });
  const { next, activityTasks, resetHistoryEventId } = completed;
  return {
    workflowTask: next === undefined ? undefined : await nextTask(env, next),
    activityTasks,
    resetHistoryEventId,
  };
}

/** What is completed is completed: a next task whose history cannot be read now goes through its queue. */
async function nextTask(
  env: HistoryEnv,
  next: StartedTask,
): Promise<Input<RespondWorkflowTaskCompletedResponse>["workflowTask"]> {
  try {
    return await withHistory(env, next);
  } catch (error) {
    if (!(error instanceof StoreUnavailableError)) throw error;
    await takeBackTask(env, next.response.taskToken);
    return undefined;
  }
}

/** A worker may say that it is still at work, but not for ever: then the task is taken for lost. */
function heartbeatInTime(
  { run, task }: { run: Run; task: WorkflowTask },
  request: RespondWorkflowTaskCompletedRequest,
): Run {
  const isHeartbeat = request.forceCreateNewWorkflowTask && request.commands.length === 0;
  if (!isHeartbeat || run.now - task.originalScheduledAt < run.limits.taskHeartbeatMaxMs) return run;
  timeOutStartedTask(run);
  run.state.sticky = undefined;
  scheduleWorkflowTask(run);
  run.finish();
  throw new CommittedRefusal(notFound("workflow task heartbeat timeout"));
}

/** A bad command undoes the whole completion: the task fails instead, and the worker learns why. */
async function failForCommand(
  env: HistoryEnv,
  token: TaskToken,
  request: RespondWorkflowTaskCompletedRequest,
  error: CommandError,
): Promise<never> {
  await decideRunByKey(env, token, (found) => {
    const { run, task } = requireTask(found, token);
    const isUnhandled = error.failedCause === WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND;
    // A later attempt that fails alike is left to its time-out, which grows: it is not retried at once.
    if (task.kind === WORKFLOW_TASK_KIND.transient && !isUnhandled) return;
    failWorkflowTask(run, {
      cause: error.failedCause,
      failure: Failure.encode({ message: error.message, serverFailureInfo: {} }),
      identity: request.identity,
    });
    run.state.closeRetried = isUnhandled;
    if (run.isRunning) scheduleWorkflowTask(run);
  });
  throw invalidArgument(error.message);
}

/** A payload too large to keep ends the run. */
async function terminateForCommand(
  env: HistoryEnv,
  token: TaskToken,
  request: RespondWorkflowTaskCompletedRequest,
  error: TerminatingCommandError,
): Promise<never> {
  await decideRunByKey(env, token, (found) => {
    const { run } = requireTask(found, token);
    failWorkflowTask(run, {
      cause: error.failedCause,
      failure: Failure.encode({ message: error.message, serverFailureInfo: {} }),
      identity: request.identity,
    });
    run.flushBufferedEvents();
    terminateRun(run, { reason: error.message, identity: SERVER_IDENTITY });
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
  run.isCompletion = true;
  answerQueries(run, request.queryResults);
  const updates = UpdateAnswers.of(run, request.messages);
  const isDiscarded = updates !== undefined && isDiscardable(run, request, updates);
  const { task, completedEventId } = isDiscarded ? discardTask(run) : writeCompleted(run, request);
  run.state.workflowTaskFailures = 0;
  forgetProblems(run);
  run.state.closeRetried = false;
  setSticky(run, request);
  const context: CommandContext = {
    run,
    namespace,
    completedEventId,
    identity: request.identity,
    eagerActivities: [],
    hasClosed: false,
    updates,
    lateEvents: [],
  };
  for (const command of request.commands) applyCommand(context, command);
  updates?.useRest({ isHeartbeat: request.forceCreateNewWorkflowTask });
  const sent = sentQueries(run);
  const completed = afterCommands(context, request, task);
  unblockQueries(run, sent);
  updates?.settle();
  return isDiscarded ? { ...completed, resetHistoryEventId: run.state.previousStartedEventId } : completed;
}

function writeCompleted(
  run: Run,
  request: RespondWorkflowTaskCompletedRequest,
): { task: WorkflowTask; completedEventId: number } {
  const task = writeStarted(run, { identity: request.identity, buildId: buildIdOf(request) });
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
      workerDeploymentName: request.deploymentOptions?.deploymentName,
    },
  });
  addResetPoint(run, {
    eventId: completedEventId,
    completedAt: run.now,
    buildId: buildIdOf(request),
    binaryChecksum: request.binaryChecksum,
  });
  run.state.previousStartedEventId = task.startedEventId;
  run.state.workerBuildId = buildIdOf(request) || run.state.workerBuildId;
  run.state.backoff = false; // An update may have made the first task before its time.
  return { task, completedEventId };
}

function buildIdOf({ workerVersionStamp }: RespondWorkflowTaskCompletedRequest): string {
  return workerVersionStamp?.buildId ?? "";
}

/** A closing command is the last one; commands that this server does not know are refused before anything is done. */
function checkSequence(commands: RespondWorkflowTaskCompletedRequest["commands"]): void {
  commands.forEach(({ commandType }, at) => {
    if (COMMAND_NAMES.get(commandType) === undefined || commandType === 0)
      throw invalidArgument(`unknown command type: ${COMMAND_NAMES.get(commandType) ?? commandType}`);
    if (!CLOSING.has(commandType) || at === commands.length - 1) return;
    const names = commands.map((command) => COMMAND_NAMES.get(command.commandType) ?? String(command.commandType));
    throw invalidArgument(
      `invalid command sequence: [${names.join(", ")}], command ${names[at]} must be the last command.`,
    );
  });
}

const COMMAND_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(CommandType).map(([name, value]) => [value, camelCase(name, "COMMAND_TYPE_")]),
);

function applyCommand(context: CommandContext, command: RespondWorkflowTaskCompletedRequest["commands"][number]): void {
  if (context.hasClosed) return;
  const handler = commandHandlers[command.commandType];
  if (handler === undefined) throw invalidArgument(`command ${COMMAND_NAMES.get(command.commandType)} is not served`);
  if (CLOSING.has(command.commandType)) {
    if (context.run.hasBufferedEvents)
      throw new CommandError(WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND, "");
    context.hasClosed = true;
  }
  handler(context, command);
}

function setSticky(run: Run, request: RespondWorkflowTaskCompletedRequest): void {
  const name = request.stickyAttributes?.workerTaskQueue?.name ?? "";
  run.state.sticky =
    name === "" ? undefined : { name, scheduleToStartMs: durationMs(request.stickyAttributes?.scheduleToStartTimeout) };
}

function afterCommands(
  { run, eagerActivities, lateEvents }: CommandContext,
  request: RespondWorkflowTaskCompletedRequest,
  task: WorkflowTask,
): Completed {
  if (!run.isRunning) return NOTHING_NEXT;
  const hadBuffered = run.flushBufferedEvents();
  for (const write of lateEvents) write();
  const isHeartbeat = request.forceCreateNewWorkflowTask;
  const hasNews = hadBuffered || lateEvents.length > 0;
  const activityTasks = eagerActivities.map((scheduledEventId) => eagerTask(run, scheduledEventId));
  const isForUpdates = !hasNews && !isHeartbeat && hasAdmittedUpdates(run);
  if (run.state.workflowTask === undefined && (hasNews || isHeartbeat || isForUpdates)) {
    const inline = request.returnNewWorkflowTask;
    scheduleWorkflowTask(run, {
      inline,
      speculative: isForUpdates,
      originalScheduledAt: isHeartbeat && !hasNews ? task.originalScheduledAt : run.now,
    });
  }
  if (
    !request.returnNewWorkflowTask ||
    run.state.workflowTask === undefined ||
    run.state.workflowTask.startedEventId !== 0
  )
    return { ...NOTHING_NEXT, activityTasks };
  startWorkflowTask(run, {
    identity: request.identity,
    requestId: INLINE_REQUEST_ID,
    buildId: buildIdOf(request),
    namespace: run.env.namespaces.byNumber(run.namespaceNumber) as Namespace,
  });
  run.finish();
  const next = startedTask(run, true); // The worker has the history up to this task, sticky or not.
  return {
    next: {
      ...next,
      response: { ...next.response, queries: attachQueries(run), messages: sendUpdates(run, "goes-on") },
    },
    activityTasks,
  };
}

function eagerTask(run: Run, scheduledEventId: number): Input<PollActivityTaskQueueResponse> {
  const activity = run.view.part<ActivityPart>(partKey.activity(scheduledEventId));
  assert(activity !== undefined, "an activity that starts at once is pending");
  return activityTaskResponse(run, activity);
}
