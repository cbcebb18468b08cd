/**
 * Updates, one at a time: from the client's call to its answer, beside the worker's own time, which is from the task in its
 * hand to its answer on the way. `npm run bench -- updates [--count N] [--store thread|inline|memory]`
 *
 * The worker accepts and completes in one answer, as the SDKs do with a handler that does not wait: so nothing but the
 * end is stored, and the rest of the round trip is the server's.
 */
import { parseArgs } from "node:util";
import type { Input } from "../api/codec.ts";
import { CommandType, UpdateWorkflowExecutionLifecycleStage } from "../api/gen/enums.js";
import {
  Header,
  UpdateAcceptance,
  UpdateResponse,
  UpdateWorkflowExecutionRequest,
  UpdateWorkflowExecutionResponse,
} from "../api/gen/messages.js";
import type { Command, Message, PollWorkflowTaskQueueResponse } from "../api/gen/messages.js";
import { BenchWorker, LoadClient } from "./harness/bench-worker.ts";
import type { TaskAnswer } from "./harness/bench-worker.ts";
import { inParallel } from "./harness/in-parallel.ts";
import { quantile, record, round } from "./harness/record.ts";
import { IDENTITY, NAMESPACE, PAYLOADS, startRequest } from "./harness/requests.ts";
import { startServerProcess } from "./harness/server-process.ts";
import type { StoreName } from "./harness/server-process.ts";

const { values } = parseArgs({
  options: { count: { type: "string", default: "2000" }, store: { type: "string", default: "thread" } },
});
const count = Number(values.count);
const QUEUE = "bench";
const TYPE_URL = "type.googleapis.com/temporal.api.update.v1.";

await using server = await startServerProcess({ store: values.store as StoreName });
const client = new LoadClient(server.port);
let workerMs = 0;
let firstTaskDone: () => void = () => {};
const opened = new Promise<void>((resolve) => (firstTaskDone = resolve));

function messageOf(id: string, kind: "accept" | "complete"): Input<Message> {
  const body =
    kind === "accept"
      ? {
          typeUrl: `${TYPE_URL}Acceptance`,
          value: UpdateAcceptance.encode({ acceptedRequestMessageId: `${id}/request` }),
        }
      : {
          typeUrl: `${TYPE_URL}Response`,
          value: UpdateResponse.encode({ meta: { updateId: id }, outcome: { success: PAYLOADS } }),
        };
  return { id: `${id}/${kind}`, protocolInstanceId: id, body };
}

function decide(task: PollWorkflowTaskQueueResponse): TaskAnswer {
  const begun = performance.now();
  const messages: Input<Message>[] = [];
  const commands: Input<Command>[] = [];
  for (const { protocolInstanceId: id } of task.messages) {
    for (const kind of ["accept", "complete"] as const) {
      const message = messageOf(id, kind);
      messages.push(message);
      commands.push({
        commandType: CommandType.COMMAND_TYPE_PROTOCOL_MESSAGE,
        protocolMessageCommandAttributes: { messageId: message.id },
      });
    }
  }
  workerMs += performance.now() - begun;
  return { commands, messages };
}

const worker = new BenchWorker({
  port: server.port,
  queue: QUEUE,
  workflowPollers: 5,
  activityPollers: 0,
  decide,
  onAnswered: () => firstTaskDone(),
});
await client.call("StartWorkflowExecution", startRequest("updated", QUEUE));
await opened;

let number = 0;
async function updateOne(): Promise<number> {
  const request = UpdateWorkflowExecutionRequest.encode({
    namespace: NAMESPACE,
    workflowExecution: { workflowId: "updated" },
    waitPolicy: {
      lifecycleStage: UpdateWorkflowExecutionLifecycleStage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED,
    },
    request: {
      meta: { updateId: `update-${number++}`, identity: IDENTITY },
      input: { header: Header.encode({}), name: "change", args: PAYLOADS },
    },
  });
  const begun = performance.now();
  const reply = await client.call("UpdateWorkflowExecution", request);
  const ms = performance.now() - begun;
  if (UpdateWorkflowExecutionResponse.decode(reply).outcome?.success === undefined) throw new Error("an update failed");
  return ms;
}

await inParallel({ count: 300, inFlight: 1 }, updateOne);
workerMs = 0;
const cpu = server.cpuMs();
const own = process.cpuUsage();
const latencies = await inParallel({ count: Math.min(count, 1_500), inFlight: 1 }, updateOne);
const { user, system } = process.cpuUsage(own);
const done = latencies.length;
const clientMs = (user + system) / 1000 / done;
record("updates", `updates of one workflow, one at a time, ${values.store}`, {
  "round trip p50 ms": round(quantile(latencies, 0.5), 2),
  "round trip p99 ms": round(quantile(latencies, 0.99), 2),
  "worker's decision, ms": round(workerMs / done),
  "client's and worker's process, CPU ms each": round(clientMs, 2),
  "p50 beyond client and worker, ms (target 1)": round(quantile(latencies, 0.5) - clientMs, 2),
  "server CPU, ms each": round((server.cpuMs() - cpu) / done),
});
worker.stop();
client.close();
