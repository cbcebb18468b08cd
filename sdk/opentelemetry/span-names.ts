/** What spans are called, before the colon and the name of the workflow, activity or message. */
export const SPAN = {
  start: "StartWorkflow",
  signal: "SignalWorkflow",
  signalWithStart: "SignalWithStartWorkflow",
  query: "QueryWorkflow",
  update: "StartUpdateWorkflow",
  updateWithStart: "UpdateWithStartWorkflow",
  run: "RunWorkflow",
  handleSignal: "HandleSignal",
  handleQuery: "HandleQuery",
  handleUpdate: "HandleUpdate",
  validateUpdate: "ValidateUpdate",
  startActivity: "StartActivity",
  runActivity: "RunActivity",
  startChild: "StartChildWorkflow",
  continueAsNew: "ContinueAsNew",
  startNexusOperation: "StartNexusOperation",
} as const;
