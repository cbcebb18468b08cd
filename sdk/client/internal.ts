/** Options that the SDK's own parts pass along with the public ones. */
import type { Input } from "../../api/codec.ts";
import type { WorkflowOnConflictOptions } from "../../api/gen/messages.js";

export const InternalWorkflowStartOptionsSymbol: unique symbol = Symbol.for(
  "__temporal_internal_client_workflow_start_options",
);

/** Of Nexus operations that start workflows. */
export interface InternalStartOptions {
  requestId?: string;
  /** Encoded `Callback` messages. */
  completionCallbacks?: Uint8Array[];
  /** Encoded `Link` messages. */
  links?: Uint8Array[];
  onConflictOptions?: Input<WorkflowOnConflictOptions>;
  /** Filled in with the answer: an encoded `Link`. */
  responseLink?: Uint8Array | undefined;
}

export function internalStartOptions(options: object): InternalStartOptions | undefined {
  return (options as { [InternalWorkflowStartOptionsSymbol]?: InternalStartOptions })[
    InternalWorkflowStartOptionsSymbol
  ];
}
