import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { frameMessage } from "../../rpc/grpc/message-reader.ts";
import { connectionPreface, errorCodes, frameTypes, settingIds } from "../../rpc/http2/frame.ts";
import { encodeSettings } from "../../rpc/http2/settings.ts";
import { requestFields } from "./conversations.ts";
import { startEchoServer, type EchoServer } from "./echo-service.ts";
import { ManualTime } from "../../base/manual-time.fixture.ts";
import { endHeaders, endStream, padded, RawPeer } from "./raw-peer.ts";

let echo: EchoServer;
const time = new ManualTime(undefined, "run");

beforeAll(async () => {
  echo = await startEchoServer({ time, concurrentStreamsMax: 100, unfinishedRequestBytesMax: 1_000_000 });
});

afterAll(() => echo.close());

const hello = frameMessage(Buffer.from("hello"));
const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

async function withPeer(
  talk: (peer: RawPeer) => Promise<void>,
  settings?: Array<readonly [number, number]>,
): Promise<void> {
  const peer = await RawPeer.connect(echo.port, settings);
  try {
    await talk(peer);
  } finally {
    peer.close();
  }
}

function call(peer: RawPeer, id: number, path = "/test.Echo/Now", message: Uint8Array = hello): void {
  peer.headers(id, 0, requestFields(path));
  peer.data(id, endStream, message);
}

async function proveAlive(peer: RawPeer, id: number): Promise<void> {
  call(peer, id);
  await peer.ended(id);
  expect(peer.stream(id).body).toEqual(hello);
}

async function expectGoaway(peer: RawPeer, code: number, debug?: string): Promise<void> {
  await peer.closed();
  expect(peer.goaways.map((goaway) => goaway.code)).toEqual([code]);
  if (debug !== undefined) expect(peer.goaways[0]!.debug).toBe(debug);
}

describe("limits", () => {
  test("a stream above the announced number is refused and the others live", () =>
    withPeer(async (peer) => {
      for (let index = 0; index < 101; index++) call(peer, index * 2 + 1, "/test.Echo/Park");
      await peer.ended(201);
      expect(peer.stream(201).endings).toEqual([`reset ${errorCodes.refusedStream}`]);
      for (const { answer } of echo.parked.splice(0)) answer(Buffer.from("woken"));
      await peer.ended(1, 199);
      expect(peer.stream(199).body).toEqual(frameMessage(Buffer.from("woken")));
    }));

  test("a header list above the limit fails its call and the connection lives", () =>
    withPeer(async (peer) => {
      const fields = Array.from({ length: 5 }, (_, index) => [`x-${index}`, "v".repeat(15_000)] as const);
      const block = peer.block(requestFields("/test.Echo/Now", fields), "literal");
      peer.frame(frameTypes.headers, endStream, 1, block.subarray(0, 16_384));
      for (let at = 16_384; at < block.length; at += 16_384) {
        const isLast = at + 16_384 >= block.length;
        peer.frame(frameTypes.continuation, isLast ? endHeaders : 0, 1, block.subarray(at, at + 16_384));
      }
      await peer.ended(1);
      expect(peer.stream(1).headers[0]).toContain("grpc-status: 8");
      await proveAlive(peer, 3);
    }));

  test("references to one large table entry are counted at their full size", () =>
    withPeer(async (peer) => {
      const fields = requestFields("/test.Echo/Now", [["x-large", "v".repeat(3_000)]]);
      call(peer, 1);
      const first = peer.block(fields);
      const bomb = Buffer.concat([first, Buffer.alloc(12_000, first.length > 0 ? 0xbe : 0)]);
      peer.frame(frameTypes.headers, endHeaders | endStream, 3, bomb);
      await peer.ended(1, 3);
      expect(peer.stream(3).headers[0]).toContain("grpc-status: 8");
    }));

  test("a header block without an end is cut off", () =>
    withPeer(async (peer) => {
      await proveAlive(peer, 1);
      peer.frame(frameTypes.headers, 0, 3, peer.block(requestFields("/test.Echo/Now")));
      for (let count = 0; count < 100; count++) peer.frame(frameTypes.continuation, 0, 3, Buffer.alloc(1));
      await expectGoaway(peer, errorCodes.enhanceYourCalm);
    }));

  test("large unfinished requests wait for window in turn, and all finish", () =>
    withPeer(async (peer) => {
      const body = frameMessage(Buffer.alloc(700_000, 1));
      const ids = [1, 3, 5];
      const sent = new Map(ids.map((id) => [id, 0]));
      const window = (id: number): number => 65_535 + (peer.windowUpdates.get(id) ?? 0);
      const send = (id: number): void => {
        for (;;) {
          const at = sent.get(id)!;
          const bytes = Math.min(16_384, window(id) - at, body.length - at);
          if (bytes <= 0) return;
          peer.data(id, at + bytes === body.length ? endStream : 0, body.subarray(at, at + bytes));
          sent.set(id, at + bytes);
        }
      };
      for (const id of ids) {
        peer.headers(id, 0, requestFields("/test.Echo/Trailers"));
        peer.data(id, 0, body.subarray(0, 16_384));
        sent.set(id, 16_384);
      }
      await peer.until(() => window(1) > 65_535);
      await proveAlive(peer, 7);
      expect(ids.map((id) => window(id) > 65_535)).toEqual([true, false, false]);
      for (const id of ids) {
        await peer.until(() => window(id) >= body.length);
        send(id);
        expect(sent.get(id)).toBe(body.length);
      }
    }));

  test("a client that ignores a stream's window has the stream reset", () =>
    withPeer(async (peer) => {
      // The first request takes the budget, so the second has only its first window.
      for (const id of [1, 3]) {
        peer.headers(id, 0, requestFields("/test.Echo/Now"));
        peer.data(id, 0, Buffer.concat([Buffer.from([0]), uint32(900_000)]));
      }
      for (let count = 0; count < 4; count++) peer.data(3, 0, Buffer.alloc(16_384));
      await peer.ended(3);
      expect(peer.stream(3).endings).toEqual([`reset ${errorCodes.flowControlError}`]);
      await proveAlive(peer, 5);
    }));

  test("a body that nobody wants is answered at once and then stopped", () =>
    withPeer(async (peer) => {
      peer.headers(1, 0, requestFields("/test.Echo/None"));
      await peer.ended(1);
      for (let count = 0; count < 4; count++) peer.data(1, 0, Buffer.alloc(16_383));
      await proveAlive(peer, 3);
      expect(peer.stream(1).endings).toEqual(["end"]);
      peer.data(1, 0, Buffer.alloc(3));
      await proveAlive(peer, 5);
      expect(peer.stream(1).endings).toEqual(["end"]);
    }));

  test("a message above the limit ends its stream at once and the connection lives", () =>
    withPeer(async (peer) => {
      peer.headers(1, 0, requestFields("/test.Echo/Now"));
      peer.data(1, 0, Buffer.concat([Buffer.from([0]), uint32(0xffffffff)]));
      await peer.until(() => peer.stream(1).endings.length === 2);
      expect(peer.stream(1).endings).toEqual(["end", `reset ${errorCodes.noError}`]);
      expect(peer.stream(1).headers[0]).toContain(
        "grpc-message: grpc: received message larger than max (4294967295 vs. 4194304)",
      );
      peer.data(1, 0, Buffer.alloc(10_000));
      await proveAlive(peer, 3);
      expect(peer.stream(1).endings).toHaveLength(2);
    }));

  test("a bomb behind another costs no more than its limit", () =>
    withPeer(async (peer) => {
      const bomb = frameMessage(gzipSync(Buffer.alloc(8_000_000)), true);
      for (let id = 1; id < 40; id += 2) {
        peer.headers(id, 0, requestFields("/test.Echo/Now", [["grpc-encoding", "gzip"]]));
        peer.data(id, endStream, bomb);
      }
      await peer.ended(39);
      expect(peer.stream(39).headers[0]).toContain("grpc-status: 8");
    }));
});

describe("floods end with ENHANCE_YOUR_CALM", () => {
  test.each<[string, number, (peer: RawPeer, index: number) => void]>([
    ["SETTINGS", 300, (peer) => peer.frame(frameTypes.settings, 0, 0, encodeSettings([[settingIds.enablePush, 0]]))],
    ["PRIORITY", 110_000, (peer) => peer.frame(frameTypes.priority, 0, 1, Buffer.from([0, 0, 0, 3, 1]))],
    ["empty DATA", 110_000, (peer) => peer.data(1, 0, Buffer.alloc(0))],
    ["frames nobody knows", 110_000, (peer) => peer.frame(0x55, 0, 0)],
    ["WINDOW_UPDATE", 110_000, (peer) => peer.frame(frameTypes.windowUpdate, 0, 0, uint32(1))],
    [
      "streams that are reset at once",
      12_000,
      (peer, index) => {
        peer.headers(index * 2 + 3, 0, requestFields("/test.Echo/Park"));
        peer.frame(frameTypes.resetStream, 0, index * 2 + 3, uint32(8));
      },
    ],
  ])("of %s", (_, count, say) =>
    withPeer(async (peer) => {
      peer.headers(1, 0, requestFields("/test.Echo/Now"));
      for (let index = 0; index < count && !peer.isClosed; index++) say(peer, index);
      await expectGoaway(peer, errorCodes.enhanceYourCalm);
    }),
  );

  test("but resets of thousands of parked polls are tolerated", () =>
    withPeer(async (peer) => {
      for (let round = 0; round < 50; round++) {
        const ids = Array.from({ length: 100 }, (_, index) => (round * 101 + index) * 2 + 1);
        for (const id of ids) call(peer, id, "/test.Echo/Park");
        for (const id of ids) peer.frame(frameTypes.resetStream, 0, id, uint32(8));
        await proveAlive(peer, (round * 101 + 100) * 2 + 1);
      }
      echo.parked.length = 0;
      expect(peer.goaways).toEqual([]);
    }));
});

test("answers larger than the socket takes at once wait for it and arrive whole", () =>
  withPeer(
    async (peer) => {
      peer.frame(frameTypes.windowUpdate, 0, 0, uint32(0x7fff0000));
      const ids = Array.from({ length: 20 }, (_, index) => index * 2 + 1);
      for (const id of ids) call(peer, id, "/test.Echo/Size", frameMessage(uint32(1_000_000)));
      await peer.ended(...ids);
      expect(ids.map((id) => peer.stream(id).body.length)).toEqual(ids.map(() => 1_000_005));
    },
    [[settingIds.initialWindowSize, 0x7fffffff]],
  ));

describe("pings", () => {
  const ping = (peer: RawPeer, text: string): void => peer.frame(frameTypes.ping, 0, 0, Buffer.from(text.padEnd(8)));

  test("ten seconds apart are welcome for ever, with and without calls", () =>
    withPeer(async (peer) => {
      for (let count = 1; count <= 10; count++) {
        ping(peer, String(count));
        await peer.until(() => peer.pings.length === count);
        time.advance(9_500);
      }
      expect(peer.goaways).toEqual([]);
    }));

  test("in a burst without any traffic send the client away", () =>
    withPeer(async (peer) => {
      for (let count = 0; count < 13; count++) ping(peer, String(count));
      await expectGoaway(peer, errorCodes.enhanceYourCalm, "too_many_pings");
    }));

  test("that measure the line between answers are tolerated", () =>
    withPeer(async (peer) => {
      for (let count = 1; count <= 20; count++) {
        await proveAlive(peer, count * 2 - 1);
        ping(peer, String(count));
        await peer.until(() => peer.pings.length === count);
      }
      expect(peer.goaways).toEqual([]);
    }));
});

describe("stream violations leave the connection alone", () => {
  test.each<[string, number, (peer: RawPeer) => void]>([
    [
      "a window update of zero",
      errorCodes.protocolError,
      (peer) => peer.frame(frameTypes.windowUpdate, 0, 1, uint32(0)),
    ],
    [
      "a window above the limit",
      errorCodes.flowControlError,
      (peer) => peer.frame(frameTypes.windowUpdate, 0, 1, uint32(0x7fffffff)),
    ],
    [
      "trailers that do not end the request",
      errorCodes.protocolError,
      (peer) => peer.headers(1, 0, [["x-trailer", "x"]]),
    ],
    [
      "trailers with a pseudo-header",
      errorCodes.protocolError,
      (peer) => peer.headers(1, endStream, [[":path", "/x"]]),
    ],
  ])("%s", (_, code, say) =>
    withPeer(async (peer) => {
      peer.headers(1, 0, requestFields("/test.Echo/Now"));
      say(peer);
      await peer.ended(1);
      expect(peer.stream(1).endings).toEqual([`reset ${code}`]);
      await proveAlive(peer, 3);
    }),
  );
});

test("padding counts against the windows and is given back", () =>
  withPeer(async (peer) => {
    peer.headers(1, 0, requestFields("/test.Echo/Now"));
    for (let count = 0; count < 600; count++) {
      peer.frame(frameTypes.data, padded, 1, Buffer.concat([Buffer.from([250]), Buffer.alloc(250)]));
    }
    peer.data(1, endStream, hello);
    await peer.ended(1);
    expect(peer.stream(1).body).toEqual(hello);
  }));

test("a client that speaks another protocol is told so in HTTP/2 and closed", async () => {
  const peer = await RawPeer.connect(echo.port);
  peer.bytes(connectionPreface);
  await expectGoaway(peer, errorCodes.frameSizeError);
});

test("calls are counted by how they ended", () =>
  withPeer(async (peer) => {
    const before = echo.server.metrics();
    call(peer, 1);
    call(peer, 3, "/test.Echo/Fail");
    call(peer, 5, "/test.Echo/Park");
    await peer.ended(1, 3);
    expect(echo.server.metrics().callsOpen).toBe(before.callsOpen + 1);
    peer.frame(frameTypes.resetStream, 0, 5, uint32(8));
    await proveAlive(peer, 7);
    const after = echo.server.metrics();
    expect(after).toMatchObject({
      callsOpen: before.callsOpen,
      callsTotal: before.callsTotal + 4,
      callsFailed: before.callsFailed + 1,
      callsCancelled: before.callsCancelled + 1,
    });
  }));
