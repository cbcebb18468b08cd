/** The queries that every workflow answers. */
import type { QueryDefinition, WorkflowQueryAnnotatedType } from "../common/index.ts";
import { sdkInfo } from "./sdk-info.ts";
import { enhancedStackTrace, type EnhancedStackTrace, stackTraceText } from "./stack-traces.ts";
import type { RunState } from "./state.ts";
import { defineQuery } from "./message-definitions.ts";

/** Answer of the query `__temporal_workflow_metadata`. */
export interface WorkflowMetadata {
  definition: {
    type: string;
    queryDefinitions: WorkflowInteraction[];
    signalDefinitions: WorkflowInteraction[];
    updateDefinitions: WorkflowInteraction[];
  };
  currentDetails: string;
}

export interface WorkflowInteraction {
  name?: string;
  description?: string;
}

/** The query `__stack_trace`, which every workflow answers: where it waits, as text. */
export const stackTraceQuery: QueryDefinition<string, [], string> = defineQuery<string, [], string>("__stack_trace");
/** The query `__enhanced_stack_trace`, which every workflow answers: where it waits, as data. */
export const enhancedStackTraceQuery: QueryDefinition<EnhancedStackTrace, [], string> = defineQuery<
  EnhancedStackTrace,
  [],
  string
>("__enhanced_stack_trace");
/** The query `__temporal_workflow_metadata`, which every workflow answers: its messages and current details. */
export const workflowMetadataQuery: QueryDefinition<WorkflowMetadata, [], string> = defineQuery<
  WorkflowMetadata,
  [],
  string
>("__temporal_workflow_metadata");

const DESCRIPTIONS: readonly WorkflowInteraction[] = [
  { name: stackTraceQuery.name, description: "The stacks of all that the workflow waits for." },
  { name: enhancedStackTraceQuery.name, description: "The same stacks as data, with positions in the source files." },
  { name: workflowMetadataQuery.name, description: "The workflow's type, its messages and its current details." },
];

export function builtInQuery(run: RunState, name: string): WorkflowQueryAnnotatedType | undefined {
  switch (name) {
    case stackTraceQuery.name:
      return { handler: () => stackTraceText(run) };
    case enhancedStackTraceQuery.name:
      return { handler: () => enhancedStackTrace(run, sdkInfo) };
    case workflowMetadataQuery.name:
      return { handler: () => metadataOf(run) };
    default:
      return undefined;
  }
}

function metadataOf(run: RunState): WorkflowMetadata {
  const { queries, signals, updates, defaultQuery, defaultSignal, defaultUpdate } = run.handlers;
  return {
    definition: {
      type: run.initialize.workflowType,
      queryDefinitions: [...DESCRIPTIONS, ...interactions(queries, defaultQuery, "query")],
      signalDefinitions: interactions(signals, defaultSignal, "signal"),
      updateDefinitions: interactions(updates, defaultUpdate, "update"),
    },
    currentDetails: run.currentDetails,
  };
}

function interactions(
  registered: ReadonlyMap<string, { readonly description?: string | undefined }> | undefined,
  fallback: unknown,
  kind: string,
): WorkflowInteraction[] {
  const named = [...(registered ?? [])].map(([name, { description }]) =>
    description === undefined ? { name } : { name, description },
  );
  const all: WorkflowInteraction[] = [...named];
  // One without a name stands for all names that are not listed.
  if (fallback !== undefined) all.push({ description: `Takes every ${kind} that has no handler of its own.` });
  return all.toSorted((a, b) => (a.name ?? "").localeCompare(b.name ?? ""));
}
