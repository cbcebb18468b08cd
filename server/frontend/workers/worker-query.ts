/**
 * The conditions of ListWorkers and CountWorkers: the grammar of visibility, on what a heartbeat says.
 *
 * Text is compared as text, a start time as a time; what a worker has not said is NULL.
 */
import { invalidArgument } from "../../../api/errors.ts";
import { WorkerStatus } from "../../../api/gen/enums.js";
import type { WorkerHeartbeat } from "../../../api/gen/messages.js";
import { InvalidQueryError, parseDatetime, parseQuery } from "../../visibility/index.ts";
import type { ComparisonOperator, Expression } from "../../visibility/index.ts";

export type WorkerCondition = (worker: WorkerHeartbeat) => boolean;

type Value = string | bigint;

interface Attribute {
  readonly name: string;
  readonly type: "text" | "time";
  of(worker: WorkerHeartbeat): Value;
}

const STATUS_NAMES: Readonly<Record<number, string>> = {
  [WorkerStatus.WORKER_STATUS_UNSPECIFIED]: "Unspecified",
  [WorkerStatus.WORKER_STATUS_RUNNING]: "Running",
  [WorkerStatus.WORKER_STATUS_SHUTTING_DOWN]: "ShuttingDown",
  [WorkerStatus.WORKER_STATUS_SHUTDOWN]: "Shutdown",
};

const MICROS = 1_000_000n;

const ATTRIBUTES: readonly Attribute[] = [
  { name: "WorkerInstanceKey", type: "text", of: (worker) => worker.workerInstanceKey },
  { name: "WorkerIdentity", type: "text", of: (worker) => worker.workerIdentity },
  { name: "HostName", type: "text", of: (worker) => worker.hostInfo?.hostName ?? "" },
  { name: "TaskQueue", type: "text", of: (worker) => worker.taskQueue },
  { name: "DeploymentName", type: "text", of: (worker) => worker.deploymentVersion?.deploymentName ?? "" },
  { name: "BuildId", type: "text", of: (worker) => worker.deploymentVersion?.buildId ?? "" },
  { name: "SdkName", type: "text", of: (worker) => worker.sdkName },
  { name: "SdkVersion", type: "text", of: (worker) => worker.sdkVersion },
  { name: "StartTime", type: "time", of: ({ startTime }) => microsOf(startTime) },
  { name: "HeartbeatTime", type: "time", of: ({ heartbeatTime }) => microsOf(heartbeatTime) },
  { name: "Status", type: "text", of: statusName },
  // The name that Temporal's web UI asks by.
  { name: "WorkerStatus", type: "text", of: statusName },
];

/** Throws INVALID_ARGUMENT for what is no query about workers. */
export function workerCondition(query: string): WorkerCondition {
  const { where, hasLimit, groupBy, orderBy } = parse(query);
  if (hasLimit) throw invalidArgument("operation is not supported: 'limit' clause");
  if (groupBy.length > 0) throw invalidArgument("operation is not supported: 'group by' clause");
  if (orderBy.length > 0) throw invalidArgument("operation is not supported: 'order by' clause");
  return where === undefined ? () => true : conditionOf(where);
}

function parse(query: string): ReturnType<typeof parseQuery> {
  try {
    return parseQuery(query);
  } catch (error) {
    if (!(error instanceof InvalidQueryError)) throw error;
    throw invalidArgument(error.message.replace(/^invalid query: malformed SQL query: /, "malformed query: "));
  }
}

function conditionOf(expression: Expression): WorkerCondition {
  switch (expression.kind) {
    case "and": {
      const operands = expression.operands.map(conditionOf);
      return (worker) => operands.every((operand) => operand(worker));
    }
    case "or": {
      const operands = expression.operands.map(conditionOf);
      return (worker) => operands.some((operand) => operand(worker));
    }
    case "not": {
      const operand = conditionOf(expression.operand);
      return (worker) => !operand(worker);
    }
    case "group":
      return conditionOf(expression.inner);
    case "compare":
      return comparison(attributeOf(expression.left), expression.operator, expression.right);
    case "in": {
      const attribute = attributeOf(expression.left);
      const values = new Set(expression.values.map((value) => valueOf(attribute, value)));
      return (worker) => values.has(attribute.of(worker)) !== expression.negated;
    }
    case "between": {
      const attribute = attributeOf(expression.left);
      const low = valueOf(attribute, expression.low);
      const high = valueOf(attribute, expression.high);
      return (worker) => {
        const value = attribute.of(worker);
        return (value >= low && value <= high) !== expression.negated;
      };
    }
    case "is": {
      const attribute = attributeOf(expression.left);
      if (expression.test !== "NULL") throw unsupported(`IS ${expression.test}`);
      return (worker) => (attribute.of(worker) === (attribute.type === "time" ? 0n : "")) !== expression.negated;
    }
    case "column":
    case "string":
    case "number":
    case "boolean":
    case "null":
    case "unary":
    case "arithmetic":
    case "tuple":
    case "call":
      throw unsupported("a condition without a comparison");
  }
}

function comparison(attribute: Attribute, operator: ComparisonOperator, right: Expression): WorkerCondition {
  const value = valueOf(attribute, right);
  switch (operator) {
    case "=":
      return (worker) => attribute.of(worker) === value;
    case "!=":
      return (worker) => attribute.of(worker) !== value;
    case "<":
      return (worker) => attribute.of(worker) < value;
    case "<=":
      return (worker) => attribute.of(worker) <= value;
    case ">":
      return (worker) => attribute.of(worker) > value;
    case ">=":
      return (worker) => attribute.of(worker) >= value;
    case "STARTS_WITH":
    case "NOT STARTS_WITH": {
      if (typeof value !== "string") throw unsupported(`operator ${operator} for ${attribute.name}`);
      return (worker) => String(attribute.of(worker)).startsWith(value) === (operator === "STARTS_WITH");
    }
    case "<=>":
    case "LIKE":
    case "NOT LIKE":
    case "REGEXP":
    case "NOT REGEXP":
      throw unsupported(`operator ${operator}`);
  }
}

function attributeOf(expression: Expression): Attribute {
  if (expression.kind !== "column") throw unsupported("a comparison that does not begin with an attribute");
  const found = ATTRIBUTES.find(({ name }) => name === expression.name);
  if (found === undefined) throw invalidArgument(`unknown attribute of a worker: ${expression.name}`);
  return found;
}

function valueOf(attribute: Attribute, expression: Expression): Value {
  if (expression.kind === "string") {
    if (attribute.type === "text") return expression.value;
    const micros = parseDatetime(expression.value);
    if (micros === undefined) throw invalidArgument(`unable to parse datetime '${expression.value}'`);
    return BigInt(micros);
  }
  if (expression.kind === "number" && attribute.type === "time" && /^-?\d+$/.test(expression.text))
    return BigInt(expression.text) / 1_000n;
  throw invalidArgument(`${attribute.name} is compared with ${attribute.type === "text" ? "a text" : "a time"}`);
}

function microsOf(time: WorkerHeartbeat["startTime"]): bigint {
  if (time === undefined) return 0n;
  return BigInt(time.seconds) * MICROS + BigInt(Math.floor(time.nanos / 1_000));
}

function statusName({ status }: WorkerHeartbeat): string {
  return STATUS_NAMES[status] ?? "";
}

function unsupported(what: string): Error {
  return invalidArgument(`operation is not supported: ${what}`);
}
