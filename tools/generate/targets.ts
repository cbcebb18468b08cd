import path from "node:path";

const root = path.resolve(import.meta.dirname, "../..");

/** One set of generated files. */
export interface Target {
  /** Folder of the generated files, absolute. */
  out: string;
  /** Our own definitions to parse; they may use every message of `@temporalio/proto`. */
  protoFiles: string[];
  /** Messages, services and packages (every message in them) whose closure is generated. */
  roots: string[];
  /** Generated besides messages and enums. */
  also: readonly ("services" | "descriptors")[];
  /** From `out` to the folder `api/`. */
  api: string;
}

export const workflowService = "temporal.api.workflowservice.v1.WorkflowService";
export const operatorService = "temporal.api.operatorservice.v1.OperatorService";
export const testService = "temporal.api.testservice.v1.TestService";

/** What a client can send or receive; further targets may refer to its messages. */
export const apiTarget: Target = {
  out: path.join(root, "api/gen"),
  protoFiles: [],
  roots: [
    workflowService,
    operatorService,
    testService,
    "temporal.api.history.v1",
    "temporal.api.errordetails.v1",
    "temporal.api.update.v1", // Reached through google.protobuf.Any in protocol messages only.
    "temporal.api.failure.v1.MultiOperationExecutionAborted", // In the status of an operation, so also through Any.
    "google.rpc.Status",
    "google.protobuf.Any",
    "google.protobuf.Empty",
  ],
  also: ["services", "descriptors"],
  api: "..",
};

/** Definitions of our own: what the engine stores. A target whose files are missing is passed over. */
export const ownTargets: readonly Target[] = [
  {
    out: path.join(root, "server/history/gen"),
    protoFiles: [path.join(root, "server/history/state.proto")],
    roots: ["perdure.history"],
    also: [],
    api: "../../../api",
  },
  {
    out: path.join(root, "server/frontend/gen"),
    protoFiles: [path.join(root, "server/frontend/namespaces/namespace.proto")],
    roots: ["perdure.frontend"],
    also: [],
    api: "../../../api",
  },
];
