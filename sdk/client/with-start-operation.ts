import type { Workflow } from "../common/interfaces.ts";
import type { WorkflowIdConflictPolicy } from "../common/workflow-options.ts";
import type { WorkflowHandle } from "./workflow-handle.ts";
import type { WorkflowStartOptions } from "./workflow-options.ts";

/** How to start the workflow of an update with start. One operation is for one call. */
export class WithStartWorkflowOperation<T extends Workflow> {
  readonly workflowTypeOrFunc: string | T;
  readonly options: WorkflowStartOptions<T> & { workflowIdConflictPolicy: WorkflowIdConflictPolicy };
  readonly #handle = Promise.withResolvers<WorkflowHandle<T>>();
  #isUsed = false;

  constructor(
    workflowTypeOrFunc: string | T,
    options: WorkflowStartOptions<T> & { workflowIdConflictPolicy: WorkflowIdConflictPolicy },
  ) {
    this.workflowTypeOrFunc = workflowTypeOrFunc;
    this.options = options;
    // Nobody may ask for the handle.
    this.#handle.promise.catch(() => {});
  }

  /** The workflow, once it is started, whether or not the update succeeds. */
  workflowHandle(): Promise<WorkflowHandle<T>> {
    return this.#handle.promise;
  }

  /** For the client: what becomes of the start. */
  static use<W extends Workflow>(
    operation: WithStartWorkflowOperation<W>,
  ): {
    started: (handle: WorkflowHandle<W>) => void;
    failed: (error: unknown) => void;
  } {
    if (operation.#isUsed) throw new Error("This WithStartWorkflowOperation instance has already been executed.");
    operation.#isUsed = true;
    return { started: operation.#handle.resolve, failed: operation.#handle.reject };
  }
}
