/** Traps of connections and of polls that are parked on them. */
import { beforeEach, describe, expect, test } from "vitest";
import { frameMessage } from "../../../rpc/grpc/message-reader.ts";
import { errorCodes, frameTypes } from "../../../rpc/http2/frame.ts";
import type { PerdureServer } from "../../../server/index.ts";
import { requestFields } from "../../rpc/conversations.ts";
import { ManualTime } from "../../../base/manual-time.fixture.ts";
import { endStream } from "../../rpc/raw-peer.ts";
import type { RawPeer } from "../../rpc/raw-peer.ts";
import { connect, connectRaw, openServer } from "./trap-server.ts";
import type { WireClient } from "./wire-client.ts";
import { complete, endWorkflow, eventsOf, poll, signal, startWorkflow, untilPolled } from "./worker.ts";

const NAMESPACE = { namespace: "default" };
const SERVICE = "/temporal.api.workflowservice.v1.WorkflowService";

let client: WireClient;
beforeEach(async () => {
  client = connect((await openServer()).port);
});

describe("a connection", () => {
  const codecPath = `${SERVICE}/PollWorkflowTaskQueue`;
  const ping = async (peer: RawPeer): Promise<void> => {
    const answered = peer.pings.length + 1;
    peer.frame(frameTypes.ping, 0, 0, Buffer.alloc(8));
    await peer.until(() => peer.pings.length === answered || peer.isClosed);
  };

  async function openTimed(): Promise<{ time: ManualTime; peer: RawPeer; timed: PerdureServer }> {
    const time = new ManualTime(undefined, "run");
    const timed = await openServer({ clock: time, timers: time });
    const peer = await connectRaw(timed.port);
    return { time, peer, timed };
  }

  /** Parks a poll and answers when it has been taken. */
  async function park(peer: RawPeer, id: number): Promise<void> {
    peer.headers(id, 0, requestFields(codecPath, [["grpc-timeout", "70S"]]));
    peer.data(id, endStream, frameMessage(pollRequest));
    await ping(peer);
  }
  // namespace "default", task_queue { name "parked" }
  const pollRequest = Buffer.from([10, 7, ...Buffer.from("default"), 18, 8, 10, 6, ...Buffer.from("parked")]);

  test.each(["with a poll", "without a call"])(
    "%s may be pinged every 30 s and is never told too_many_pings",
    async (how) => {
      const { time, peer } = await openTimed();
      let polls = 0;
      for (let at = 0; at < 240_000 && !peer.isClosed; at += 30_000) {
        if (how === "with a poll" && at % 60_000 === 0) await park(peer, polls++ * 2 + 1);
        await ping(peer);
        time.advance(30_000);
      }
      expect(peer.pings.length).toBeGreaterThan(3);
      for (const { code, debug } of peer.goaways) {
        expect(code).toBe(errorCodes.noError);
        expect(debug).not.toContain("too_many_pings");
      }
      if (how === "with a poll") {
        expect(peer.goaways).toEqual([]);
        expect(peer.isClosed).toBe(false);
      }
    },
  );

  test("that has grown old says goodbye, and its parked polls still get their tasks", async () => {
    const { time, peer, timed } = await openTimed();
    let id = -1;
    while (peer.goaways.length === 0) {
      await park(peer, (id += 2));
      // The age is drawn. Half as long as a poll lasts, so that the last one is parked whenever it comes.
      for (let step = 0; step < 3 && peer.goaways.length === 0; step++) {
        time.advance(10_000);
        await ping(peer);
      }
    }
    expect(peer.goaways[0]).toMatchObject({ code: errorCodes.noError });
    expect(peer.stream(id).endings).toEqual([]);
    const starter = connect(timed.port);
    for (const workflowId of ["drained", "drained too"])
      await startWorkflow(starter, workflowId, { taskQueue: { name: "parked" } });
    await peer.ended(id);
    expect(peer.stream(id).headers.flat()).toContain("grpc-status: 0");
    expect(peer.stream(id).body.includes("drained")).toBe(true);
  });

  test("of a server that stops has its parked polls answered empty, not broken off", async () => {
    const { peer, timed } = await openTimed();
    await park(peer, 1);
    const closed = timed.close();
    await peer.ended(1);
    expect(peer.stream(1).headers.flat()).toContain("grpc-status: 0");
    expect(peer.stream(1).body).toEqual(frameMessage(Buffer.alloc(0)));
    expect(peer.goaways.every(({ code }) => code === errorCodes.noError)).toBe(true);
    peer.close();
    await closed;
  });
});

describe("a long poll without a task", () => {
  test.each([
    ["after 60 s", 70_000, 60_000],
    ["a second before its caller gives up", 30_000, 29_000],
  ])("is a success with an empty task token %s", async (_, deadlineMs, answeredAfterMs) => {
    const time = new ManualTime(undefined, "run");
    const timed = await openServer({ clock: time, timers: time });
    const peer = connect(timed.port);
    for (const method of ["pollWorkflowTaskQueue", "pollActivityTaskQueue"] as const) {
      let isAnswered = false;
      const request = { ...NAMESPACE, taskQueue: { name: "empty" }, identity: "poller" };
      const reply = peer.call<{ taskToken: Uint8Array }>(method, request, { deadlineMs });
      void reply.finally(() => (isAnswered = true));
      await untilPolled(peer, "empty", method === "pollWorkflowTaskQueue" ? 1 : 2);
      time.advance(answeredAfterMs - 1_000); // The deadline on the wire is a little less than what was asked for.
      await peer.call("getSystemInfo", {});
      expect(isAnswered).toBe(false);
      time.advance(1_000);
      expect((await reply).taskToken).toHaveLength(0);
    }
  });
});

describe("a poller that has gone swallows no task", () => {
  test("when its client has cancelled the call", async () => {
    for (let round = 0; round < 10; round++) {
      const queue = { name: `round ${round}` };
      const gone = poll(client, queue);
      gone.reply.catch(() => {});
      await untilPolled(client, queue.name);
      gone.cancel();
      await startWorkflow(client, queue.name);
      const task = await poll(client, queue).reply;
      expect(task).toMatchObject({ attempt: 1, startedEventId: 3 });
      await complete(client, task, { commands: [endWorkflow] });
    }
  });

  test("when its worker has said goodbye to its sticky queue", async () => {
    await startWorkflow(client, "w");
    await complete(client, await poll(client, { name: "w" }).reply, { sticky: "sticky" });
    const gone = poll(client, { name: "sticky", normalName: "w" });
    await untilPolled(client, "sticky");
    await client.call("shutdownWorker", { ...NAMESPACE, stickyTaskQueue: "sticky", identity: "worker", reason: "end" });
    expect((await gone.reply).taskToken).toHaveLength(0);
    await signal(client, "w");
    const task = await poll(client, { name: "w" }).reply;
    expect(task).toMatchObject({ attempt: 1, workflowExecution: { workflowId: "w" } });
    // The next worker has nothing in its cache.
    expect(eventsOf(task)[0]?.eventId).toBe(1);
  });
});

test("a cached workflow's tasks come on the sticky queue alone, whichever of its pollers asks", async () => {
  await startWorkflow(client, "w");
  await complete(client, await poll(client, { name: "w" }).reply, { sticky: "sticky" });
  const normal = poll(client, { name: "w" });
  normal.reply.catch(() => {});
  await untilPolled(client, "w");
  const pollers = [1, 2, 3].map(() => poll(client, { name: "sticky", normalName: "w" }));
  await untilPolled(client, "sticky");
  for (let taken = 0; taken < pollers.length; taken++) {
    await signal(client, "w");
    const running = pollers.map(({ reply }, index) => reply.then((task) => ({ task, index })));
    const { task, index } = await Promise.race([
      ...running,
      normal.reply.then((other) => ({ task: other, index: -1 })),
    ]);
    expect(index).toBeGreaterThanOrEqual(0);
    expect(task.workflowExecution?.workflowId).toBe("w");
    pollers.splice(index, 1, { reply: new Promise(() => {}), cancel: () => {} });
    await complete(client, task, { sticky: "sticky" });
  }
  normal.cancel();
});
