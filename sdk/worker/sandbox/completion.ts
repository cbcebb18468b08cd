/** The completion of a workflow task that failed; it will be tried again. */
import type { ActivationCompletion } from "../../workflow/activation.ts";

/** WorkflowTaskFailedCause numbers. */
const NON_DETERMINISTIC_ERROR = 24;
const WORKFLOW_WORKER_UNHANDLED_FAILURE = 14;

export function taskFailure(error: Error): ActivationCompletion {
  const isNonDeterministic = error.name === "DeterminismViolationError";
  return {
    status: "failed",
    failure: {
      message: error.message,
      source: "TypeScriptSDK",
      stackTrace: (error.stack ?? "").split("\n").slice(1).join("\n"),
      applicationFailureInfo: { type: error.name, nonRetryable: false },
    },
    cause: isNonDeterministic ? NON_DETERMINISTIC_ERROR : WORKFLOW_WORKER_UNHANDLED_FAILURE,
  };
}
