/** Queries: they read, and leave no trace. */
import type { WorkflowQueryAnnotatedType } from "../common/index.ts";
import type { QueryWorkflow } from "./activation.ts";
import { builtInQuery } from "./built-in-queries.ts";
import { pushCommand } from "./commands.ts";
import { failureOf, payloadOf, valuesOf, workflowContext } from "./conversion.ts";
import { DeterminismViolationError } from "./errors.ts";
import { inbound } from "./interceptor-chain.ts";
import type { QueryInput } from "./interceptors.ts";
import type { RunState } from "./state.ts";

export function queryWorkflow(run: RunState, job: QueryWorkflow): void {
  const { queryId, queryType } = job;
  const entry = findHandler(run, queryType);
  const handle = inbound(run, "handleQuery", (input) => callHandler(run, input));
  const answer = async (): Promise<unknown> => {
    const args = valuesOf(run, job.arguments, workflowContext(run), entry?.typeInfo?.inputTypes);
    return handle({ queryName: queryType, args, queryId, headers: { ...job.headers } });
  };
  void answer()
    .then((value) => {
      const response = payloadOf(run, value, workflowContext(run), entry?.typeInfo?.outputType);
      pushCommand(run, { kind: "respondToQuery", queryId, result: { status: "succeeded", response } });
    })
    .catch((error: unknown) => {
      const failure = failureOf(run, error);
      pushCommand(run, { kind: "respondToQuery", queryId, result: { status: "failed", failure } });
    });
}

function findHandler(run: RunState, name: string): WorkflowQueryAnnotatedType | undefined {
  const { queries, defaultQuery } = run.handlers;
  const registered = queries?.get(name) ?? builtInQuery(run, name);
  if (registered !== undefined || defaultQuery === undefined) return registered;
  return { handler: (...args) => defaultQuery(name, ...args) };
}

function callHandler(run: RunState, { queryName, args }: QueryInput): Promise<unknown> {
  const entry = findHandler(run, queryName);
  if (entry === undefined) return Promise.reject(unknownQuery(run, queryName));
  run.isReadOnly = true;
  run.info = undefined;
  try {
    const value: unknown = entry.handler(...args);
    if (value instanceof Promise) {
      value.catch(() => undefined);
      const message = `Query handlers should not return a Promise: make the handler of ${queryName} a plain function`;
      return Promise.reject(new DeterminismViolationError(message));
    }
    return Promise.resolve(value);
  } catch (error) {
    return Promise.reject(error);
  } finally {
    run.isReadOnly = false;
    run.info = undefined;
  }
}

function unknownQuery(run: RunState, name: string): ReferenceError {
  const known = [...(run.handlers.queries?.keys() ?? [])].toSorted();
  return new ReferenceError(
    `Workflow did not register a handler for ${name}. Registered queries: [${[...BUILT_IN, ...known].join(" ")}]`,
  );
}

const BUILT_IN = ["__stack_trace", "__enhanced_stack_trace", "__temporal_workflow_metadata"];
