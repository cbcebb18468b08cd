import type { SerializationContext } from "../../common/serialization-context.ts";
import type { TypeInfo } from "../../common/type-info.ts";
import type { FullActivityId } from "../async-completion-client.ts";
import type { ClientContext } from "./client-context.ts";
import { encodeError, encodeValues } from "./values.ts";

interface Target {
  readonly activity: Uint8Array | FullActivityId;
  readonly context: SerializationContext | undefined;
}

export interface HeartbeatAnswer {
  readonly cancelRequested: boolean;
  readonly activityPaused: boolean;
  readonly activityReset: boolean;
}

export async function completeActivity(
  client: ClientContext,
  { activity, context, result, typeInfo }: Target & { result: unknown; typeInfo: TypeInfo | undefined },
): Promise<void> {
  const { workflowService, converter } = client;
  const encoded = await encodeValues(converter, [result], context, typeInfo === undefined ? undefined : [typeInfo]);
  const common = { ...byWhom(client), result: encoded };
  if (activity instanceof Uint8Array) {
    await workflowService.respondActivityTaskCompleted({ ...common, taskToken: activity });
  } else await workflowService.respondActivityTaskCompletedById({ ...common, ...activity });
}

export async function failActivity(
  client: ClientContext,
  { activity, context, error }: Target & { error: unknown },
): Promise<void> {
  const { workflowService, converter } = client;
  const common = { ...byWhom(client), failure: await encodeError(converter, error, context) };
  if (activity instanceof Uint8Array) {
    await workflowService.respondActivityTaskFailed({ ...common, taskToken: activity });
  } else await workflowService.respondActivityTaskFailedById({ ...common, ...activity });
}

export async function cancelActivity(
  client: ClientContext,
  { activity, context, details }: Target & { details: unknown },
): Promise<void> {
  const { workflowService, converter } = client;
  const common = { ...byWhom(client), details: await encodeValues(converter, [details], context) };
  if (activity instanceof Uint8Array) {
    await workflowService.respondActivityTaskCanceled({ ...common, taskToken: activity });
  } else await workflowService.respondActivityTaskCanceledById({ ...common, ...activity });
}

export async function heartbeatActivity(
  client: ClientContext,
  { activity, context, details }: Target & { details: unknown },
): Promise<HeartbeatAnswer> {
  const { workflowService, converter } = client;
  const common = { ...byWhom(client), details: await encodeValues(converter, [details], context) };
  return activity instanceof Uint8Array
    ? workflowService.recordActivityTaskHeartbeat({ ...common, taskToken: activity })
    : workflowService.recordActivityTaskHeartbeatById({ ...common, ...activity });
}

function byWhom({ namespace, identity }: ClientContext): { namespace: string; identity: string } {
  return { namespace, identity };
}
