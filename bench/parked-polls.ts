/**
 * What a waiting poll costs in memory: 50,000 of them, 100 to a connection, most of it on one task queue as workers do.
 * `npm run bench -- parked-polls [--count N] [--queues N]`
 */
import { parseArgs } from "node:util";
import { LoadClient } from "./harness/bench-worker.ts";
import { record, round } from "./harness/record.ts";
import { pollActivityRequest, startRequest } from "./harness/requests.ts";
import { startServerProcess } from "./harness/server-process.ts";

const { values } = parseArgs({
  options: { count: { type: "string", default: "50000" }, queues: { type: "string", default: "100" } },
});
const count = Number(values.count);
const queues = Number(values.queues);
const POLLS_PER_CONNECTION = 100;
/** The newest connections' polls may still be on their way; a call behind them on each connection is answered after. */
const settle = (client: LoadClient): Promise<unknown> => client.call("GetSystemInfo", new Uint8Array(0));

await using server = await startServerProcess({ store: "memory" });
const clients = Array.from({ length: Math.ceil(count / POLLS_PER_CONNECTION) }, () => new LoadClient(server.port));
for (const client of clients) await settle(client);
await clients[0]?.call("StartWorkflowExecution", startRequest("warm-up", "nobody"));
const before = await server.memory("collect");
const cpu = server.cpuMs();
for (let i = 0; i < count; i++) {
  const client = clients[i % clients.length] as LoadClient;
  client.call("PollActivityTaskQueue", pollActivityRequest(`queue-${i % queues}`), 600_000).catch(() => undefined);
  if (i % 1_000 === 999) await settle(client);
}
for (const client of clients) await settle(client);
const cpuMs = server.cpuMs() - cpu;
const after = await server.memory("collect");
record(
  "parked-polls",
  `${count.toLocaleString("en")} parked polls, ${queues} task queues, ${clients.length} connections`,
  {
    "resident bytes each (target 2048)": Math.round((after.residentBytes - before.residentBytes) / count),
    "used bytes each": Math.round((after.usedBytes - before.usedBytes) / count),
    "resident before, MiB": Math.round(before.residentBytes / 2 ** 20),
    "resident after, MiB": Math.round(after.residentBytes / 2 ** 20),
    "server CPU to park one, ms": round(cpuMs / count, 4),
  },
);
for (const client of clients) client.close();
