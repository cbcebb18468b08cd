import { Code, invalidArgument, ServiceError } from "../../../api/errors.ts";
import { WorkflowIdConflictPolicy } from "../../../api/gen/enums.js";
import type {
  SignalWithStartWorkflowExecutionRequest,
  StartWorkflowExecutionRequest,
} from "../../../api/gen/messages.js";
import { frontendSettings } from "../../dynamic-config/index.ts";
import type { Frontend } from "../frontend.ts";
import type { KnownNamespace } from "../namespaces/namespace-registry.ts";
import { checkCallbacks } from "./callbacks.ts";
import { checkIdPolicies } from "./id-policies.ts";
import { checkRequestId } from "./identity.ts";
import { checkLinks } from "./links.ts";
import { checkBlob, checkMemo } from "./payload-size.ts";
import { checkPriority } from "./priority.ts";
import { checkRetryPolicy } from "./retry-policy.ts";
import { checkSearchAttributes } from "./search-attributes.ts";
import { checkTaskQueue } from "./task-queue.ts";
import { isTooLong } from "./text-length.ts";
import { checkTimeSkipping } from "./time-skipping.ts";
import { checkTimeouts } from "./timeouts.ts";

const { WORKFLOW_ID_CONFLICT_POLICY_FAIL, WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING } = WorkflowIdConflictPolicy;

/** A start as history takes it: everything valid, defaults filled in. */
export function checkStart(
  frontend: Frontend,
  namespace: KnownNamespace,
  request: StartWorkflowExecutionRequest,
): StartWorkflowExecutionRequest {
  checkWorkflowId(frontend, request.workflowId);
  const retryPolicy = checkRetryPolicy(request.retryPolicy);
  const timeouts = checkTimeouts(request);
  const type = request.workflowType?.name ?? "";
  if (type === "") throw invalidArgument("WorkflowType is not set on request.");
  if (isTooLong(frontend, type)) throw invalidArgument("WorkflowType length exceeds limit.");
  const shared = checkShared(frontend, namespace, request);
  const policies = checkIdPolicies(request, WORKFLOW_ID_CONFLICT_POLICY_FAIL);
  checkOnConflict(request);
  const allowed = frontend.config.get(frontendSettings.callbackAddresses, { namespace: namespace.name });
  const completionCallbacks = checkCallbacks(frontend, allowed, request.completionCallbacks);
  return { ...request, ...shared, ...timeouts, ...policies, retryPolicy, completionCallbacks };
}

/** As `checkStart`, with the words that this method has of its own. */
export function checkSignalWithStart(
  frontend: Frontend,
  namespace: KnownNamespace,
  request: SignalWithStartWorkflowExecutionRequest,
): SignalWithStartWorkflowExecutionRequest {
  checkWorkflowId(frontend, request.workflowId);
  const { signalName } = request;
  if (signalName === "") throw invalidArgument("signal not set");
  if (isTooLong(frontend, signalName))
    throw invalidArgument(`signal name exceeds maximum allowed length ${overLimit(frontend, signalName)}`);
  const type = request.workflowType?.name ?? "";
  if (type === "") throw invalidArgument("workflow type not set");
  if (isTooLong(frontend, type))
    throw invalidArgument(`workflow type exceeds maximum allowed length ${overLimit(frontend, type)}`);
  const retryPolicy = checkRetryPolicy(request.retryPolicy);
  const timeouts = checkTimeouts(request);
  const shared = checkShared(frontend, namespace, request);
  const policies = checkIdPolicies(request, WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING);
  if (request.workflowIdConflictPolicy === WORKFLOW_ID_CONFLICT_POLICY_FAIL) {
    throw invalidArgument(
      "Invalid WorkflowIDConflictPolicy: WORKFLOW_ID_CONFLICT_POLICY_FAIL is not supported for this operation.",
    );
  }
  checkBlob(frontend, namespace, request.signalInput);
  return { ...request, ...shared, ...timeouts, ...policies, retryPolicy };
}

function checkWorkflowId(frontend: Frontend, workflowId: string): void {
  if (workflowId === "") throw invalidArgument("WorkflowId is not set on request.");
  if (isTooLong(frontend, workflowId))
    throw invalidArgument(`WorkflowId exceeds maximum allowed length ${overLimit(frontend, workflowId)}`);
}

function overLimit(frontend: Frontend, text: string): string {
  return `(${Buffer.byteLength(text)}/${frontend.history.limits.idBytesMax})`;
}

type Shared = Pick<
  StartWorkflowExecutionRequest,
  | "taskQueue"
  | "requestId"
  | "priority"
  | "links"
  | "input"
  | "memo"
  | "searchAttributes"
  | "versioningOverride"
  | "timeSkippingConfig"
>;

function checkShared(
  frontend: Frontend,
  namespace: KnownNamespace,
  request: Shared,
): Pick<Shared, "requestId" | "searchAttributes"> {
  checkTaskQueue(frontend, request.taskQueue);
  checkRequestId(frontend, request.requestId);
  checkPriority(request.priority);
  checkLinks(frontend, namespace, request.links);
  checkUnserved(request);
  checkTimeSkipping(frontend, request.timeSkippingConfig);
  const searchAttributes = checkSearchAttributes(frontend, request.searchAttributes, namespace);
  checkBlob(frontend, namespace, request.input);
  checkMemo(frontend, namespace, request.memo);
  return { requestId: request.requestId === "" ? frontend.random.uuid() : request.requestId, searchAttributes };
}

/** What would change how the run behaves and is not served yet is refused, not ignored. */
function checkUnserved({ versioningOverride }: Shared): void {
  if (versioningOverride !== undefined)
    throw new ServiceError(Code.UNIMPLEMENTED, "versioning overrides are not supported by this server");
}

function checkOnConflict({ onConflictOptions: options }: StartWorkflowExecutionRequest): void {
  if (options === undefined || !options.attachCompletionCallbacks || options.attachRequestId) return;
  throw invalidArgument("attaching request ID is required for attaching completion callbacks");
}
