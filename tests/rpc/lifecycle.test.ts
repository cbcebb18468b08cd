import { afterEach, describe, expect, test } from "vitest";
import { frameMessage } from "../../rpc/grpc/message-reader.ts";
import { errorCodes, frameTypes } from "../../rpc/http2/frame.ts";
import type { GrpcServerOptions } from "../../rpc/index.ts";
import { requestFields } from "./conversations.ts";
import { startEchoServer, type EchoServer } from "./echo-service.ts";
import { ManualTime } from "../../base/manual-time.fixture.ts";
import { endStream, RawPeer } from "./raw-peer.ts";

const opened: Array<{ close(): unknown }> = [];

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function open(
  options: Partial<GrpcServerOptions> = {},
): Promise<{ echo: EchoServer; peer: RawPeer; time: ManualTime }> {
  const time = new ManualTime(undefined, "run");
  // Answers to keepalive pings cannot arrive while the clock jumps, so only the tests of them turn them on.
  const echo = await startEchoServer({ time, keepAliveMs: 100_000_000, ...options });
  opened.push(echo);
  const peer = await RawPeer.connect(echo.port);
  opened.push(peer);
  await call(peer, 1, "Now");
  return { echo, peer, time };
}

const hello = frameMessage(Buffer.from("hello"));

function start(peer: RawPeer, id: number, method: string): void {
  peer.headers(id, 0, requestFields(`/test.Echo/${method}`));
  peer.data(id, endStream, hello);
}

function call(peer: RawPeer, id: number, method: string): Promise<void> {
  start(peer, id, method);
  return peer.ended(id);
}

async function parked(echo: EchoServer, peer: RawPeer, count: number): Promise<void> {
  // The answer of a call behind the parked ones proves that they have arrived.
  while (echo.parked.length < count) await call(peer, peer.streams.size * 2 + 101, "Now");
}

describe.each(["own", "node"] as const)("a connection (%s)", (implementation) => {
  test("at its age is warned, still serves, takes no new call after the warning has arrived, and ends with its last call", async () => {
    const { echo, peer, time } = await open({ implementation });
    start(peer, 3, "Park");
    await parked(echo, peer, 1);
    time.advance(300_000);
    await peer.until(() => peer.goaways.length >= 2);
    expect(peer.goaways[0]).toMatchObject({ lastStreamId: 0x7fffffff, code: errorCodes.noError });
    expect(peer.goaways[1]!.code).toBe(errorCodes.noError);
    expect(peer.goaways[1]!.lastStreamId).toBeLessThan(0x7fffffff);
    expect(peer.isClosed).toBe(false);
    echo.parked[0]!.answer(Buffer.from("late"));
    await peer.ended(3);
    expect(peer.stream(3).body).toEqual(frameMessage(Buffer.from("late")));
    await peer.closed();
  });

  test("that outlives its grace has its calls cancelled and is closed", async () => {
    const { echo, peer, time } = await open({ implementation });
    start(peer, 3, "Park");
    await parked(echo, peer, 1);
    time.advance(300_000);
    await peer.until(() => peer.goaways.length >= 2);
    time.advance(69_999);
    expect(echo.cancelled).toEqual([]);
    time.advance(1);
    expect(echo.cancelled).toEqual(["/test.Echo/Park"]);
    await peer.ended(3);
    expect(peer.stream(3).headers[0]).toContain("grpc-status: 14");
    await peer.closed();
  });

  test("without calls is closed after its idle time, and pings do not count as calls", async () => {
    const { peer, time } = await open({ implementation });
    for (let minute = 0; minute < 2; minute++) {
      time.advance(59_000);
      peer.frame(frameTypes.ping, 0, 0, Buffer.alloc(8));
      await peer.until(() => peer.pings.length > minute);
    }
    expect(peer.isClosed).toBe(false);
    time.advance(2_000);
    await peer.closed();
    expect(peer.goaways.at(-1)).toMatchObject({ code: errorCodes.noError });
  });

  test("with a call is never idle", async () => {
    const { echo, peer, time } = await open({ implementation, connectionAgeMs: 10_000_000 });
    start(peer, 3, "Park");
    await parked(echo, peer, 1);
    for (let minute = 0; minute < 10; minute++) {
      time.advance(59_000);
      peer.frame(frameTypes.ping, 0, 0, Buffer.alloc(8));
      await peer.until(() => peer.pings.length > minute);
    }
    expect(peer.isClosed).toBe(false);
    expect(echo.cancelled).toEqual([]);
  });

  test("gives a call up at its deadline and not before", async () => {
    const { echo, peer, time } = await open({ implementation });
    peer.headers(3, 0, requestFields("/test.Echo/Park", [["grpc-timeout", "20S"]]));
    peer.data(3, endStream, hello);
    await parked(echo, peer, 1);
    expect(echo.parked[0]!.call.deadline).toBe(time.now() + 20_000);
    time.advance(19_999);
    expect(echo.cancelled).toEqual([]);
    time.advance(17);
    expect(echo.cancelled).toEqual(["/test.Echo/Park"]);
    await peer.ended(3);
    expect(peer.stream(3).headers[0]).toContain("grpc-status: 4");
  });

  test("is drained when the server closes: what runs finishes, and the server waits for it", async () => {
    const { echo, peer } = await open({ implementation });
    start(peer, 3, "Park");
    await parked(echo, peer, 1);
    let isClosed = false;
    const closed = echo.server.close({ drainMs: 10_000 }).then(() => (isClosed = true));
    await peer.until(() => peer.goaways.length >= 2);
    expect(isClosed).toBe(false);
    await expect(RawPeer.connect(echo.port)).rejects.toThrow("ECONNREFUSED");
    echo.parked[0]!.answer(Buffer.from("done"));
    await peer.ended(3);
    expect(peer.stream(3).body).toEqual(frameMessage(Buffer.from("done")));
    await closed;
  });

  test("is cut when the server closes without patience", async () => {
    const { echo, peer, time } = await open({ implementation });
    start(peer, 3, "Park");
    await parked(echo, peer, 1);
    await echo.server.close();
    expect(echo.cancelled).toEqual(["/test.Echo/Park"]);
    await peer.closed();
    expect(peer.stream(3).headers[0]).toContain("grpc-status: 14");
    expect(time.timerCount).toBe(0);
  });
});

describe("a connection of our own", () => {
  test("that has fallen silent is pinged, and given up without an answer", async () => {
    const { echo, peer, time } = await open({ connectionAgeMs: 10_000_000, keepAliveMs: 60_000 });
    start(peer, 3, "Park");
    await parked(echo, peer, 1);
    time.advance(60_000);
    time.advance(60_000);
    // The peer's answers do not arrive within one turn of the event loop, so to the clock there are none.
    time.advance(20_000);
    await peer.closed();
    expect(echo.cancelled).toEqual(["/test.Echo/Park"]);
  });

  test("drained without an answer to its PING is refused new calls all the same", async () => {
    const { echo, peer, time } = await open();
    start(peer, 3, "Park");
    await parked(echo, peer, 1);
    void echo.server.close({ drainMs: 60_000 });
    time.advance(5_000);
    await peer.until(() => peer.goaways.length >= 2);
    start(peer, 999, "Now");
    await peer.ended(999);
    expect(peer.stream(999).endings).toEqual([`reset ${errorCodes.refusedStream}`]);
  });
});
