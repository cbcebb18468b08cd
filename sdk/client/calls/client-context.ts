import type { LoadedDataConverter } from "../../common/data-converter.ts";
import type { WorkflowSerializationContext } from "../../common/serialization-context.ts";
import type { ConnectionLike, WorkflowService } from "../types.ts";

/** What the calls of a client have in common. */
export interface ClientContext {
  readonly connection: ConnectionLike;
  readonly workflowService: WorkflowService;
  readonly namespace: string;
  readonly identity: string;
  readonly converter: LoadedDataConverter;
}

export function workflowContext(client: ClientContext, workflowId: string): WorkflowSerializationContext {
  return { type: "workflow", namespace: client.namespace, workflowId };
}
