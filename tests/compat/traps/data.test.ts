/** Traps of payloads and times, which must come back as they were given. */
import { beforeEach, describe, expect, test } from "vitest";
import { Header, Memo, Payload, Payloads, SearchAttributes } from "../../../api/gen/messages.js";
import type { DescribeWorkflowExecutionResponse, ListWorkflowExecutionsResponse } from "../../../api/gen/messages.js";
import { connect, openServer } from "./trap-server.ts";
import type { WireClient } from "./wire-client.ts";
import {
  complete,
  eventsOf,
  poll,
  pollActivity,
  readHistory,
  scheduleActivity,
  startTimer,
  startWorkflow,
} from "./worker.ts";

const NAMESPACE = { namespace: "default" };
const JSON_PLAIN = { encoding: Buffer.from("json/plain") };

let client: WireClient;
beforeEach(async () => {
  client = connect((await openServer()).port);
});

describe("payloads", () => {
  const odd = Payload.encode({
    metadata: { encoding: Buffer.from("binary/mine"), key: Buffer.from([0, 255, 128]), type: Buffer.from("T") },
    data: Buffer.from([0, 1, 2, 255]),
  });
  const header = Header.encode({ fields: { "trace-id": odd } });
  const memo = Memo.encode({ fields: { note: odd } });
  const input = Payloads.encode({ payloads: [odd] });

  /** The one payload of a header or a memo. The order of a map's entries in a message means nothing. */
  const oddOf = (message: Uint8Array | { fields?: Record<string, Uint8Array> } | undefined): Payload | undefined => {
    const { fields = {} } = message instanceof Uint8Array ? Memo.decode(message) : (message ?? {});
    const [payload] = Object.values(fields);
    return payload === undefined ? undefined : Payload.decode(payload);
  };
  const given = Payload.decode(odd);

  test("of header, memo and input come back byte for byte, whoever reads them", async () => {
    await startWorkflow(client, "w", { header, memo, input });
    const task = await poll(client, { name: "w" }).reply;
    for (const [event] of [eventsOf(task), await readHistory(client, "w")]) {
      const started = event?.workflowExecutionStartedEventAttributes;
      expect(oddOf(started?.header)).toEqual(given);
      expect(oddOf(started?.memo)).toEqual(given);
      expect(Payloads.decode(started?.input as Uint8Array).payloads.map((one) => Payload.decode(one))).toEqual([given]);
    }
    await complete(client, task, { commands: [scheduleActivity("w", { header, input })] });
    const activity = await pollActivity(client, "w");
    expect(oddOf(activity.header)).toEqual(given);
    expect(Payloads.decode(activity.input as Uint8Array).payloads.map((one) => Payload.decode(one))).toEqual([given]);
    const described = await client.call<DescribeWorkflowExecutionResponse>("describeWorkflowExecution", {
      ...NAMESPACE,
      execution: { workflowId: "w" },
    });
    expect(oddOf(described.workflowExecutionInfo?.memo)).toEqual(given);
    const listed = await client.call<ListWorkflowExecutionsResponse>("listWorkflowExecutions", NAMESPACE);
    expect(oddOf(listed.executions[0]?.memo)).toEqual(given);
  });

  test("of search attributes come back with their type added and nothing else changed", async () => {
    const data = Buffer.from('"me"');
    const searchAttributes = SearchAttributes.encode({
      indexedFields: { BatcherUser: Payload.encode({ metadata: JSON_PLAIN, data }) },
    });
    await startWorkflow(client, "w", { searchAttributes });
    const described = await client.call<DescribeWorkflowExecutionResponse>("describeWorkflowExecution", {
      ...NAMESPACE,
      execution: { workflowId: "w" },
    });
    const listed = await client.call<ListWorkflowExecutionsResponse>("listWorkflowExecutions", NAMESPACE);
    const [started] = await readHistory(client, "w");
    for (const bytes of [
      described.workflowExecutionInfo?.searchAttributes,
      listed.executions[0]?.searchAttributes,
      started?.workflowExecutionStartedEventAttributes?.searchAttributes,
    ]) {
      const payload = Payload.decode(SearchAttributes.decode(bytes as Uint8Array).indexedFields["BatcherUser"]!);
      expect(Buffer.from(payload.data)).toEqual(data);
      const metadata = Object.fromEntries(
        Object.entries(payload.metadata).map(([name, value]) => [name, Buffer.from(value)]),
      );
      expect(metadata).toEqual({ ...JSON_PLAIN, type: Buffer.from("Keyword") });
    }
  });
});

describe("times", () => {
  test("of events, tasks and descriptions are the same to the nanosecond, and in lists to the microsecond", async () => {
    await startWorkflow(client, "w");
    const task = await poll(client, { name: "w" }).reply;
    const read = await readHistory(client, "w");
    expect(eventsOf(task).map((event) => event.eventTime)).toEqual(read.map((event) => event.eventTime));
    expect(task.startedTime).toEqual(read[2]?.eventTime);
    const execution = { workflowId: "w" };
    const described = await client.call<DescribeWorkflowExecutionResponse>("describeWorkflowExecution", {
      ...NAMESPACE,
      execution,
    });
    expect(described.workflowExecutionInfo?.startTime).toEqual(read[0]?.eventTime);
    const listed = await client.call<ListWorkflowExecutionsResponse>("listWorkflowExecutions", NAMESPACE);
    const { seconds = 0, nanos = 0 } = read[0]?.eventTime ?? {};
    expect(listed.executions[0]?.startTime).toEqual({ seconds, nanos: nanos - (nanos % 1_000) });
  });

  test("that a client gives in nanoseconds stay as they are", async () => {
    await startWorkflow(client, "w");
    const startToFireTimeout = { seconds: 100, nanos: 123_456_789 };
    await complete(client, await poll(client, { name: "w" }).reply, { commands: [startTimer(startToFireTimeout)] });
    const events = await readHistory(client, "w");
    expect(events.at(-1)?.timerStartedEventAttributes?.startToFireTimeout).toEqual(startToFireTimeout);
  });
});
