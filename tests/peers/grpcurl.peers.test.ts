/** grpcurl knows nothing of Temporal: it lists, describes and calls what our server tells by reflection. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { operatorService, workflowService } from "../../api/gen/services.js";
import { grpcurl } from "../../tools/prepare/go-programs.ts";
import { run } from "./program.ts";
import { ServerUnderTest } from "./server-under-test.ts";

const WORKFLOW_SERVICE = "temporal.api.workflowservice.v1.WorkflowService";
const OPERATOR_SERVICE = "temporal.api.operatorservice.v1.OperatorService";

let server: ServerUnderTest;

beforeAll(async () => {
  server = await ServerUnderTest.start();
});

afterAll(() => server?.close());

async function lines(...args: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await run(grpcurl.path, ["-plaintext", server.address, ...args]);
  expect([code, stderr]).toEqual([0, ""]);
  return stdout.trim().split("\n");
}

async function call(method: string, request: object) {
  const args = ["-plaintext", "-d", JSON.stringify(request), server.address, method];
  const { code, stdout, stderr } = await run(grpcurl.path, args);
  return { code, reply: stdout === "" ? undefined : (JSON.parse(stdout) as unknown), stderr };
}

test("it lists the services and all their methods", async () => {
  expect(await lines("list")).toEqual([
    "grpc.health.v1.Health",
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
    OPERATOR_SERVICE,
    WORKFLOW_SERVICE,
  ]);
  const listed = [...(await lines("list", WORKFLOW_SERVICE)), ...(await lines("list", OPERATOR_SERVICE))];
  const paths = listed.map(
    (name) => `/${name.slice(0, name.lastIndexOf("."))}/${name.slice(name.lastIndexOf(".") + 1)}`,
  );
  expect(paths.sort()).toEqual([...workflowService, ...operatorService].map(({ path }) => path).sort());
});

test("it describes services with every method, and messages of every kind", async () => {
  for (const [service, methods] of [
    [WORKFLOW_SERVICE, workflowService],
    [OPERATOR_SERVICE, operatorService],
  ] as const) {
    const described = await lines("describe", service);
    expect(described.filter((line) => /^\s*rpc /.test(line))).toHaveLength(methods.length);
  }
  expect((await lines("describe", `${WORKFLOW_SERVICE}.GetSystemInfo`)).at(-1)).toBe(
    "rpc GetSystemInfo ( .temporal.api.workflowservice.v1.GetSystemInfoRequest ) returns ( .temporal.api.workflowservice.v1.GetSystemInfoResponse );",
  );
  const event = await lines("describe", "temporal.api.history.v1.HistoryEvent");
  expect(event.join(" ")).toContain("oneof attributes");
  expect(await lines("describe", "temporal.api.enums.v1.WorkflowExecutionStatus")).toContain(
    "  WORKFLOW_EXECUTION_STATUS_RUNNING = 1;",
  );
  expect((await lines("describe", "temporal.api.common.v1.Payload")).join(" ")).toContain(
    "map<string, bytes> metadata = 1;",
  );
});

test("it calls methods with JSON and reads replies, details of errors too", async () => {
  const namespace = "default";
  const started = await call(`${WORKFLOW_SERVICE}/StartWorkflowExecution`, {
    namespace,
    workflowId: "curled",
    workflowType: { name: "Any" },
    taskQueue: { name: "q" },
    requestId: "r",
    input: { payloads: [{ metadata: { encoding: "anNvbi9wbGFpbg==" }, data: "MQ==" }] },
  });
  expect(started).toMatchObject({ code: 0, reply: { runId: expect.any(String), started: true } });
  const history = await call(`${WORKFLOW_SERVICE}/GetWorkflowExecutionHistory`, {
    namespace,
    execution: { workflowId: "curled" },
  });
  expect(history.reply).toMatchObject({
    history: {
      events: [
        {
          eventType: "EVENT_TYPE_WORKFLOW_EXECUTION_STARTED",
          workflowExecutionStartedEventAttributes: { input: { payloads: [{ data: "MQ==" }] } },
        },
        { eventType: "EVENT_TYPE_WORKFLOW_TASK_SCHEDULED" },
      ],
    },
  });
  const counted = await call(`${WORKFLOW_SERVICE}/CountWorkflowExecutions`, {
    namespace,
    query: "WorkflowId = 'curled'",
  });
  expect(counted.reply).toEqual({ count: "1" });
  const refused = await call(`${WORKFLOW_SERVICE}/DescribeNamespace`, { namespace: "nowhere" });
  expect(refused.code).toBe(64 + 5); // NOT_FOUND
  expect(refused.stderr).toContain("temporal.api.errordetails.v1.NamespaceNotFoundFailure");
  expect(await call("grpc.health.v1.Health/Check", { service: WORKFLOW_SERVICE })).toMatchObject({
    reply: { status: "SERVING" },
  });
});
