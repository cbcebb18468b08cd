import { DURATION_MS_MAX, duration, durationFault, durationFaultText, durationMs } from "../../../api/duration.ts";
import { invalidArgument } from "../../../api/errors.ts";
import type { Duration, StartWorkflowExecutionRequest } from "../../../api/gen/messages.js";
import { cronFault } from "../../history/index.ts";

type Timeouts = Pick<
  StartWorkflowExecutionRequest,
  "workflowExecutionTimeout" | "workflowRunTimeout" | "workflowTaskTimeout" | "workflowStartDelay" | "cronSchedule"
>;

/** Refuses durations that mean nothing; those that mean "for ever" come back cut to 100 years. */
export function checkTimeouts(request: Timeouts): Partial<Timeouts> {
  const { workflowExecutionTimeout, workflowRunTimeout, workflowTaskTimeout, workflowStartDelay } = request;
  const checked = {
    workflowExecutionTimeout: cut("WorkflowExecutionTimeoutSeconds", workflowExecutionTimeout),
    workflowRunTimeout: cut("WorkflowRunTimeoutSeconds", workflowRunTimeout),
    workflowTaskTimeout: cut("WorkflowTaskTimeoutSeconds", workflowTaskTimeout),
    workflowStartDelay: cut("WorkflowStartDelaySeconds", workflowStartDelay),
  };
  checkCron(request);
  return checked;
}

function cut(name: string, value: Duration | undefined): Duration | undefined {
  if (value === undefined) return undefined;
  // A duration beyond what protobuf allows is only very long.
  const cause = durationFault(value) === "is out of range" ? undefined : durationFaultText(value);
  if (cause !== undefined) throw invalidArgument(`An invalid ${name} is set on request. cause: ${cause}`);
  return value.seconds * 1000 > DURATION_MS_MAX ? duration(DURATION_MS_MAX) : value;
}

function checkCron({ cronSchedule, workflowStartDelay }: Timeouts): void {
  if (cronSchedule === "") return;
  if (durationMs(workflowStartDelay) > 0)
    throw invalidArgument("CronSchedule and WorkflowStartDelay may not be used together.");
  if (cronFault(cronSchedule) !== undefined) throw invalidArgument("invalid CronSchedule.");
}
