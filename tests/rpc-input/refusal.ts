/** A row of the tables: what is asked, and with what it must be refused. */
import { Code } from "../../api/errors.ts";
import { operatorService, workflowService } from "../../api/gen/services.js";

export type Fields = Readonly<Record<string, unknown>>;

export interface Refusal {
  readonly because: string;
  readonly request: Fields;
  readonly code: number;
  readonly message: string;
  /** Name of the detail's type, without its package. */
  readonly detail?: string;
}

/** Rows by the method's name. */
export type RefusalTable = Readonly<Record<string, readonly Refusal[]>>;

export const LONG_ID = "x".repeat(1_001);
export const UNKNOWN_RUN = "11111111-1111-4111-8111-111111111111";
export const TOO_LARGE = new Uint8Array(2 * 1024 * 1024 + 1);

export function invalid(because: string, request: Fields, message: string): Refusal {
  return { because, request, code: Code.INVALID_ARGUMENT, message };
}

export function notFound(because: string, request: Fields, message: string): Refusal {
  return { because, request, code: Code.NOT_FOUND, message, detail: "NotFoundFailure" };
}

/** What every method refuses that works in a namespace; `base` is a request that would be taken. */
export function namespaceRefusals(base: Fields): Refusal[] {
  const unknown = "Namespace nowhere is not found.";
  return [
    invalid("no namespace", { ...base, namespace: "" }, "Namespace is empty."),
    invalid("namespace too long", { ...base, namespace: LONG_ID }, "Namespace length exceeds limit."),
    {
      because: "unknown namespace",
      request: { ...base, namespace: "nowhere" },
      code: Code.NOT_FOUND,
      message: unknown,
      detail: "NamespaceNotFoundFailure",
    },
  ];
}

/** What every method refuses that names an execution in `field`. */
export function executionRefusals(base: Fields, field: string): Refusal[] {
  const named = (execution: unknown): Fields => ({ ...base, [field]: execution });
  return [
    invalid("no execution", named(undefined), "Execution is not set on request."),
    invalid("no workflow id", named({ workflowId: "" }), "WorkflowId is not set on request."),
    invalid("run id that is no UUID", named({ workflowId: "open", runId: "1" }), "Invalid RunId."),
    notFound("unknown workflow", named({ workflowId: "unknown" }), "workflow not found for ID: unknown"),
    notFound(
      "workflow of another namespace",
      { ...named({ workflowId: "open" }), namespace: "other" },
      "workflow not found for ID: open",
    ),
    notFound(
      "unknown run",
      named({ workflowId: "open", runId: UNKNOWN_RUN }),
      `workflow execution not found for workflow ID "open" and run ID "${UNKNOWN_RUN}"`,
    ),
  ];
}

/** What every method refuses that answers a task; `tokens` are filled in by the test. */
export function tokenRefusals(base: Fields): Refusal[] {
  return [
    invalid("no token", { ...base, taskToken: new Uint8Array(0) }, "Task token not set on request."),
    invalid("a token that is none", { ...base, taskToken: Buffer.from("nonsense") }, "Error deserializing task token."),
    invalid(
      "a token of a namespace that is not here",
      { ...base, taskToken: Buffer.from([0x0a, 0x01, 0x78]) },
      "Error deserializing task token.",
    ),
    invalid(
      "a token of another namespace",
      { ...base, namespace: "other" },
      "Operation requested with a token from a different namespace.",
    ),
    ...namespaceRefusals(base).slice(1),
  ];
}

export function queueRefusals(base: Fields): Refusal[] {
  const queue = (taskQueue: unknown): Fields => ({ ...base, taskQueue });
  return [
    invalid("no queue", queue(undefined), "taskQueue is not set"),
    invalid("queue without a name", queue({ name: "" }), "missing task queue name"),
    invalid("queue name too long", queue({ name: LONG_ID }), "taskQueue length exceeds limit"),
    invalid("normal name too long", queue({ name: "queue", normalName: LONG_ID }), "taskQueue length exceeds limit"),
    invalid(
      "reserved queue name",
      queue({ name: "/_sys/queue" }),
      "task queue name cannot start with reserved prefix /_sys/",
    ),
  ];
}

export function methodNamed(name: string) {
  const found = [...workflowService, ...operatorService].find((method) => method.name === name);
  if (found === undefined) throw new Error(`there is no method ${name}`);
  return found;
}
