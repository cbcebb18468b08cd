import { extractWorkflowType } from "../common/workflow-options.ts";
import type {
  CompiledScheduleAction,
  CompiledScheduleOptions,
  CompiledScheduleUpdateOptions,
  ScheduleOptions,
  ScheduleOptionsAction,
  ScheduleUpdateOptions,
} from "./schedule-types.ts";

export function compileScheduleOptions(options: ScheduleOptions): CompiledScheduleOptions {
  return { ...options, action: compileAction(options.scheduleId, options.action) };
}

export function compileUpdatedScheduleOptions(
  scheduleId: string,
  options: ScheduleUpdateOptions,
): CompiledScheduleUpdateOptions {
  return { ...options, action: compileAction(scheduleId, options.action) };
}

function compileAction(scheduleId: string, action: ScheduleOptionsAction): CompiledScheduleAction {
  const { workflowType, workflowId, args } = action;
  return {
    ...action,
    workflowId: workflowId ?? `${scheduleId}-workflow`,
    workflowType: extractWorkflowType(workflowType),
    args: [...((args as readonly unknown[] | undefined) ?? [])],
  };
}
