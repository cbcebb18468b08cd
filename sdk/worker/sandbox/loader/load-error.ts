/** Workflow code that cannot be loaded: the message names the file, the line and the way out. */
export class WorkflowLoadError extends Error {
  override readonly name = "WorkflowLoadError";
}
