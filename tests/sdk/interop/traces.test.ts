// One trace through both SDKs: ours with perdure/opentelemetry, the official one with its own interceptors.

import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Client } from "../../../sdk/client/index.ts";
import { OpenTelemetryPlugin } from "../../../sdk/opentelemetry/index.ts";
import { DefaultLogger, NativeConnection, Runtime, Worker } from "../../../sdk/worker/index.ts";
import { startServer } from "../../../server/server.ts";
import { CollectedSpans } from "./collected-spans.ts";
import type { CollectedSpan } from "./collected-spans.ts";

type Part = "client" | "workflows" | "activities";

/** What the official SDK's process is started with. */
export interface TracesOrder {
  readonly address: string;
  readonly taskQueue: string;
  readonly workflowId: string;
  /** Everything else is ours. */
  readonly officialRuns: readonly Part[];
}

const PROGRAM = fileURLToPath(new URL("official-traces-program.ts", import.meta.url));
const workflowsPath = fileURLToPath(new URL("traced-workflows.ts", import.meta.url));

beforeAll(() => void Runtime.install({ logger: new DefaultLogger("ERROR", () => {}), shutdownSignals: [] }));
afterAll(() => Runtime.instance().shutdown());

/** Each span with whose it is, below the one that it names as its parent. */
function lineOf(spans: readonly (CollectedSpan & { by: string })[]): string[] {
  const line: string[] = [];
  for (let at = spans.find(({ parentId }) => parentId === undefined); at !== undefined;) {
    const { name, by, spanId } = at;
    line.push(`${by} ${name}`);
    at = spans.find(({ parentId }) => parentId === spanId);
  }
  return line;
}

test.for<{ officialRuns: Part[]; line: string[] }>([
  {
    officialRuns: ["client", "activities"],
    line: [
      "official StartWorkflow:traced",
      "ours RunWorkflow:traced",
      "ours StartActivity:work",
      "official RunActivity:work",
    ],
  },
  {
    officialRuns: ["workflows"],
    line: [
      "ours StartWorkflow:traced",
      "official RunWorkflow:traced",
      "official StartActivity:work",
      "ours RunActivity:work",
    ],
  },
])("a trace goes on through $officialRuns of the official SDK and the rest of ours", async ({ officialRuns, line }) => {
  await using server = await startServer({ data: { kind: "memory" } });
  const order: TracesOrder = { address: server.address, taskQueue: "traces", workflowId: "traced", officialRuns };
  const spans = new CollectedSpans();
  const plugin = new OpenTelemetryPlugin({ spanProcessor: spans.processor as never, tracer: spans.tracer });
  const connection = await NativeConnection.connect({ address: server.address });
  const { taskQueue, workflowId } = order;
  const worker = await Worker.create({
    connection,
    taskQueue,
    enableNonLocalActivities: !officialRuns.includes("activities"),
    ...(!officialRuns.includes("workflows") && { workflowsPath }),
    activities: { work: async () => "ours" },
    plugins: [plugin],
  });
  const official = fork(PROGRAM, [JSON.stringify(order)], {
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const [works] = (await once(official, "message")) as [string];
  expect(works).toBe("works");
  const officialSpans = await worker.runUntil(async () => {
    if (officialRuns.includes("client")) await once(official, "message");
    else {
      const client = new Client({ connection, plugins: [plugin] });
      await client.workflow.execute("traced", { taskQueue, workflowId });
    }
    official.send("end");
    const [collected] = (await once(official, "message")) as [CollectedSpan[]];
    return collected;
  });
  official.disconnect();
  await once(official, "exit");
  await connection.close();
  const all = [
    ...spans.all.map((span) => ({ ...span, by: "ours" })),
    ...officialSpans.map((span) => ({ ...span, by: "official" })),
  ];
  expect(lineOf(all)).toEqual(line);
  expect(new Set(all.map(({ traceId }) => traceId)).size).toBe(1);
});
