/** Commands as the server takes them. What history must show for them is `Pending.eventType`. */
import type { Input } from "../../../api/codec.ts";
import { CommandType } from "../../../api/gen/enums.js";
import type { Command, EventGroupMarker } from "../../../api/gen/messages.js";
import { failureToBytes } from "../../common/host/wire-failure.ts";
import {
  memoToBytes,
  optionalPayloadToBytes,
  payloadToBytes,
  searchAttributesToBytes,
  userMetadataToBytes,
} from "../../common/host/wire-payloads.ts";
import type { PayloadRecord } from "../../common/host/wire-payloads.ts";
import type {
  CommandMetadata,
  ContinueAsNewWorkflowExecution,
  EventGroupMarkerRecord,
  PayloadMap,
  ScheduleActivity,
  ScheduleNexusOperation,
  StartChildWorkflowExecution,
} from "../../workflow/activation.ts";
import { localActivityMarker, patchMarker } from "./markers.ts";
import type { OutgoingCommand, Pending, RunIdentity } from "./run-state.ts";
import { acceptanceId, responseId } from "./update-messages.ts";
import { wireDuration, wireHeader, wirePayloads, wireResult, wireRetryPolicy } from "./wire.ts";

type WireCommand = Input<Command>;

export interface CommandContext {
  readonly identity: RunIdentity;
  /** Whether this worker asks to be given an activity with the answer to its completion. */
  requestsEagerly(command: ScheduleActivity): boolean;
}

export function wireCommands(pending: readonly Pending[], context: CommandContext): WireCommand[] {
  return pending.flatMap(({ command, operation }) => {
    const wire = targeted({ command, operation }) ?? wireCommand(command, context);
    const searchAttribute = operation.kind === "patch" ? operation.searchAttribute : undefined;
    const metadata = metadataOf(command as CommandMetadata);
    const whole = metadata === undefined ? wire : { ...wire, ...metadata };
    return searchAttribute === undefined ? [whole] : [whole, upsert({ TemporalChangeVersion: searchAttribute })];
  });
}

function metadataOf({ summary, details, eventGroupMarkers }: CommandMetadata): Partial<WireCommand> | undefined {
  if (summary === undefined && details === undefined && eventGroupMarkers === undefined) return undefined;
  return {
    userMetadata: userMetadataToBytes({ summary, details }),
    eventGroupMarkers: (eventGroupMarkers ?? []).map(groupMarker),
  };
}

function groupMarker(marker: EventGroupMarkerRecord): Input<EventGroupMarker> {
  switch (marker.kind) {
    case "label":
      return { label: { id: marker.id, label: payloadToBytes(marker.label) } };
    case "inboundEvent":
      return { inboundEvent: { inboundEventId: marker.eventId } };
    case "inboundUpdate":
      return { inboundUpdate: { inboundUpdateId: marker.updateId } };
  }
}

/** Commands that name an event of history. */
function targeted({ command, operation }: Pick<Pending, "command" | "operation">): WireCommand | undefined {
  if (command.kind === "requestCancelActivity" && operation.kind === "activity") {
    return {
      commandType: CommandType.COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK,
      requestCancelActivityTaskCommandAttributes: { scheduledEventId: operation.scheduledEventId },
    };
  }
  if (command.kind === "requestCancelNexusOperation" && operation.kind === "nexusOperation") {
    return {
      commandType: CommandType.COMMAND_TYPE_REQUEST_CANCEL_NEXUS_OPERATION,
      requestCancelNexusOperationCommandAttributes: { scheduledEventId: operation.scheduledEventId },
    };
  }
  return undefined;
}

function wireCommand(command: OutgoingCommand, context: CommandContext): WireCommand {
  switch (command.kind) {
    case "startTimer":
      return {
        commandType: CommandType.COMMAND_TYPE_START_TIMER,
        startTimerCommandAttributes: {
          timerId: String(command.seq),
          startToFireTimeout: wireDuration(command.startToFireTimeoutMs),
        },
      };
    case "cancelTimer":
      return {
        commandType: CommandType.COMMAND_TYPE_CANCEL_TIMER,
        cancelTimerCommandAttributes: { timerId: String(command.seq) },
      };
    case "scheduleActivity":
      return scheduleActivity(command, context);
    case "startChildWorkflowExecution":
      return startChild(command, context.identity);
    case "setPatchMarker":
      return {
        commandType: CommandType.COMMAND_TYPE_RECORD_MARKER,
        recordMarkerCommandAttributes: patchMarker(command),
      };
    case "recordLocalActivity":
      return {
        commandType: CommandType.COMMAND_TYPE_RECORD_MARKER,
        recordMarkerCommandAttributes: localActivityMarker(command.activity),
      };
    case "upsertWorkflowSearchAttributes":
      return upsert(command.searchAttributes);
    case "modifyWorkflowProperties":
      return {
        commandType: CommandType.COMMAND_TYPE_MODIFY_WORKFLOW_PROPERTIES,
        modifyWorkflowPropertiesCommandAttributes: { upsertedMemo: memoToBytes(command.upsertedMemo as PayloadRecord) },
      };
    case "acceptUpdate":
      return protocolMessage(acceptanceId(command.update));
    case "completeUpdate":
      return protocolMessage(responseId(command.update));
    case "scheduleNexusOperation":
      return scheduleNexus(command);
    default:
      return externalCommand(command, context.identity) ?? closingCommand(command, context.identity);
  }
}

function externalCommand(command: OutgoingCommand, identity: RunIdentity): WireCommand | undefined {
  switch (command.kind) {
    case "requestCancelChild":
      return {
        commandType: CommandType.COMMAND_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION,
        requestCancelExternalWorkflowExecutionCommandAttributes: {
          namespace: command.child.command.namespace || identity.namespace,
          workflowId: command.child.command.workflowId,
          runId: command.child.runId,
          childWorkflowOnly: true,
          reason: command.reason,
        },
      };
    case "requestCancelExternalWorkflowExecution":
      return {
        commandType: CommandType.COMMAND_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION,
        requestCancelExternalWorkflowExecutionCommandAttributes: {
          namespace: command.namespace || identity.namespace,
          workflowId: command.workflowId,
          runId: command.runId,
          reason: `Cancel requested by workflow with run id ${identity.runId} with reason: ${command.reason}`,
        },
      };
    case "signalExternalWorkflowExecution":
      return {
        commandType: CommandType.COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION,
        signalExternalWorkflowExecutionCommandAttributes: {
          namespace: command.namespace || identity.namespace,
          execution: { workflowId: command.workflowId, runId: command.runId },
          signalName: command.signalName,
          input: wirePayloads(command.args),
          childWorkflowOnly: command.isChild,
          header: optionalHeader(command.headers),
        },
      };
    default:
      return undefined;
  }
}

function closingCommand(command: OutgoingCommand, identity: RunIdentity): WireCommand {
  switch (command.kind) {
    case "completeWorkflowExecution":
      return {
        commandType: CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
        completeWorkflowExecutionCommandAttributes: { result: wireResult(command.result) },
      };
    case "failWorkflowExecution":
      return {
        commandType: CommandType.COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION,
        failWorkflowExecutionCommandAttributes: { failure: failureToBytes(command.failure) },
      };
    case "cancelWorkflowExecution":
      return {
        commandType: CommandType.COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION,
        cancelWorkflowExecutionCommandAttributes: {},
      };
    case "continueAsNewWorkflowExecution":
      return continueAsNew(command, identity);
    default:
      throw new Error(`A command ${command.kind} is never sent`);
  }
}

function scheduleActivity(command: ScheduleActivity, context: CommandContext): WireCommand {
  const taskQueue = command.taskQueue || context.identity.taskQueue;
  const isOurs = taskQueue === context.identity.taskQueue;
  return {
    commandType: CommandType.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
    scheduleActivityTaskCommandAttributes: {
      activityId: command.activityId,
      activityType: { name: command.activityType },
      taskQueue: { name: taskQueue },
      header: wireHeader(command.headers),
      input: wirePayloads(command.arguments),
      scheduleToCloseTimeout: wireDuration(command.scheduleToCloseTimeoutMs),
      scheduleToStartTimeout: wireDuration(command.scheduleToStartTimeoutMs),
      startToCloseTimeout: wireDuration(command.startToCloseTimeoutMs),
      heartbeatTimeout: wireDuration(command.heartbeatTimeoutMs),
      retryPolicy: wireRetryPolicy(command.retryPolicy),
      requestEagerExecution: isOurs && !command.doNotEagerlyExecute && context.requestsEagerly(command),
      useWorkflowBuildId: usesBuildId(command.versioningIntent, isOurs),
      priority: command.priority,
    },
  };
}

function startChild(command: StartChildWorkflowExecution, identity: RunIdentity): WireCommand {
  const taskQueue = command.taskQueue || identity.taskQueue;
  return {
    commandType: CommandType.COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION,
    startChildWorkflowExecutionCommandAttributes: {
      namespace: command.namespace || identity.namespace,
      workflowId: command.workflowId,
      workflowType: { name: command.workflowType },
      taskQueue: { name: taskQueue },
      input: wirePayloads(command.input),
      workflowExecutionTimeout: wireDuration(command.executionTimeoutMs),
      workflowRunTimeout: wireDuration(command.runTimeoutMs),
      workflowTaskTimeout: wireDuration(command.taskTimeoutMs),
      parentClosePolicy: command.parentClosePolicy as never,
      workflowIdReusePolicy: command.workflowIdReusePolicy as never,
      retryPolicy: wireRetryPolicy(command.retryPolicy),
      cronSchedule: command.cronSchedule ?? "",
      header: wireHeader(command.headers),
      memo: memoToBytes(command.memo as PayloadRecord | undefined),
      searchAttributes: searchAttributesToBytes(command.searchAttributes as PayloadRecord | undefined),
      inheritBuildId: usesBuildId(command.versioningIntent, taskQueue === identity.taskQueue),
      priority: command.priority,
    },
  };
}

function continueAsNew(command: ContinueAsNewWorkflowExecution, identity: RunIdentity): WireCommand {
  const taskQueue = command.taskQueue || identity.taskQueue;
  return {
    commandType: CommandType.COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION,
    continueAsNewWorkflowExecutionCommandAttributes: {
      workflowType: { name: command.workflowType || identity.workflowType },
      taskQueue: { name: taskQueue },
      input: wirePayloads(command.arguments),
      workflowRunTimeout: wireDuration(command.runTimeoutMs),
      workflowTaskTimeout: wireDuration(command.taskTimeoutMs),
      backoffStartInterval: wireDuration(command.backoffStartIntervalMs),
      retryPolicy: wireRetryPolicy(command.retryPolicy),
      header: optionalHeader(command.headers),
      memo: memoToBytes(command.memo as PayloadRecord | undefined),
      searchAttributes: searchAttributesToBytes(command.searchAttributes as PayloadRecord | undefined),
      inheritBuildId: usesBuildId(command.versioningIntent, taskQueue === identity.taskQueue),
      initialVersioningBehavior: command.initialVersioningBehavior as never,
    },
  };
}

function scheduleNexus(command: ScheduleNexusOperation): WireCommand {
  return {
    commandType: CommandType.COMMAND_TYPE_SCHEDULE_NEXUS_OPERATION,
    scheduleNexusOperationCommandAttributes: {
      endpoint: command.endpoint,
      service: command.service,
      operation: command.operation,
      input: optionalPayloadToBytes(command.input),
      scheduleToCloseTimeout: wireDuration(command.scheduleToCloseTimeoutMs),
      scheduleToStartTimeout: wireDuration(command.scheduleToStartTimeoutMs),
      startToCloseTimeout: wireDuration(command.startToCloseTimeoutMs),
      nexusHeader: command.nexusHeader,
    },
  };
}

function upsert(attributes: PayloadMap): WireCommand {
  return {
    commandType: CommandType.COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
    upsertWorkflowSearchAttributesCommandAttributes: {
      searchAttributes: searchAttributesToBytes(attributes as PayloadRecord),
    },
  };
}

function protocolMessage(messageId: string): WireCommand {
  return {
    commandType: CommandType.COMMAND_TYPE_PROTOCOL_MESSAGE,
    protocolMessageCommandAttributes: { messageId },
  };
}

function optionalHeader(headers: PayloadMap): Uint8Array | undefined {
  return Object.keys(headers).length === 0 ? undefined : wireHeader(headers);
}

/** VersioningIntent: 1 is compatible, 2 is default; unspecified follows the task queue. */
function usesBuildId(intent: number, isOwnQueue: boolean): boolean {
  return intent === 1 || (intent === 0 && isOwnQueue);
}
