import { gzipSync } from "node:zlib";
import { frameTypes, settingIds } from "../../rpc/http2/frame.ts";
import { encodeSettings } from "../../rpc/http2/settings.ts";
import { frameMessage } from "../../rpc/grpc/message-reader.ts";
import type { EchoServer } from "./echo-service.ts";
import { ack, endHeaders, endStream, padded, priority, type RawPeer } from "./raw-peer.ts";

/** One thing a client may say, from the opening to what must have come back before the answers are compared. */
export interface Conversation {
  readonly name: string;
  /** SETTINGS that the client opens with. */
  readonly settings?: ReadonlyArray<readonly [number, number]>;
  readonly talk: (peer: RawPeer, echo: EchoServer) => Promise<unknown> | void;
}

type Fields = ReadonlyArray<readonly [string, string]>;

export function requestFields(path: string, more: Fields = []): Array<readonly [string, string]> {
  return [
    [":method", "POST"],
    [":scheme", "http"],
    [":path", path],
    [":authority", "test"],
    ["te", "trailers"],
    ["content-type", "application/grpc"],
    ...more,
  ];
}

const hello = frameMessage(Buffer.from("hello"));
const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

function call(peer: RawPeer, id: number, path: string, message: Uint8Array = hello, more: Fields = []): void {
  peer.headers(id, 0, requestFields(path, more));
  peer.data(id, endStream, message);
}

function pad(payload: Uint8Array, padBytes: number): Buffer {
  return Buffer.concat([Buffer.from([padBytes]), payload, Buffer.alloc(padBytes)]);
}

/** A call that is answered, so that what came before it must have been understood. */
async function proveAlive(peer: RawPeer, id: number): Promise<void> {
  call(peer, id, "/test.Echo/Now");
  await peer.ended(id);
}

export const conversations: readonly Conversation[] = [
  { name: "a call answered at once", talk: (peer) => (call(peer, 1, "/test.Echo/Now"), peer.ended(1)) },
  { name: "a call answered later", talk: (peer) => (call(peer, 1, "/test.Echo/Later"), peer.ended(1)) },
  {
    name: "an empty message",
    talk: (peer) => (call(peer, 1, "/test.Echo/Now", frameMessage(Buffer.alloc(0))), peer.ended(1)),
  },
  {
    name: "the end of the request in a frame of its own",
    talk: (peer) => {
      peer.headers(1, 0, requestFields("/test.Echo/Now"));
      peer.data(1, 0, hello);
      peer.data(1, endStream, Buffer.alloc(0));
      return peer.ended(1);
    },
  },
  {
    name: "a message in frames of one byte, with empty ones between",
    talk: (peer) => {
      peer.headers(1, 0, requestFields("/test.Echo/Now"));
      for (const byte of hello) {
        peer.data(1, 0, Buffer.from([byte]));
        peer.data(1, 0, Buffer.alloc(0));
      }
      peer.data(1, endStream, Buffer.alloc(0));
      return peer.ended(1);
    },
  },
  {
    name: "padded DATA and HEADERS with a priority",
    talk: (peer) => {
      const block = peer.block(requestFields("/test.Echo/Now"));
      const withPriority = Buffer.concat([uint32(0), Buffer.from([15]), block]);
      peer.frame(frameTypes.headers, padded | priority | endHeaders, 1, pad(withPriority, 7));
      peer.data(1, padded, pad(hello.subarray(0, 4), 200));
      peer.data(1, padded | endStream, pad(hello.subarray(4), 0));
      return peer.ended(1);
    },
  },
  {
    name: "a header block in small CONTINUATION frames",
    talk: (peer) => {
      const block = peer.block(requestFields("/test.Echo/Now", [["x-one", "1"]]), "literal");
      peer.frame(frameTypes.headers, 0, 1, block.subarray(0, 10));
      for (let at = 10; at < 15; at++) peer.frame(frameTypes.continuation, 0, 1, block.subarray(at, at + 1));
      peer.frame(frameTypes.continuation, endHeaders, 1, block.subarray(15));
      peer.data(1, endStream, hello);
      return peer.ended(1);
    },
  },
  {
    name: "trailers behind the request",
    talk: (peer) => {
      peer.headers(1, 0, requestFields("/test.Echo/Now"));
      peer.data(1, 0, hello);
      peer.headers(1, endStream, [["x-trailer", "from the client"]]);
      return peer.ended(1);
    },
  },
  {
    name: "twenty calls at once, requests interleaved",
    talk: (peer) => {
      const ids = Array.from({ length: 20 }, (_, index) => index * 2 + 1);
      for (const id of ids) peer.headers(id, 0, requestFields(id % 4 === 1 ? "/test.Echo/Now" : "/test.Echo/Later"));
      for (const id of ids) peer.data(id, 0, hello.subarray(0, 7));
      for (const id of ids.toReversed()) peer.data(id, endStream, hello.subarray(7));
      return peer.ended(...ids);
    },
  },
  {
    name: "the same calls again, so that every block repeats",
    async talk(peer) {
      for (const id of [1, 3, 5, 7, 9]) {
        call(peer, id, id === 5 ? "/test.Echo/Fail" : "/test.Echo/Now");
        await peer.ended(id);
      }
    },
  },
  {
    name: "an answer larger than a frame and than the default window",
    talk: async (peer) => {
      call(peer, 1, "/test.Echo/Size", frameMessage(uint32(200_000)));
      await peer.until(() => peer.stream(1).body.length === 65_535);
      peer.frame(frameTypes.windowUpdate, 0, 1, uint32(1_000_000));
      peer.frame(frameTypes.windowUpdate, 0, 0, uint32(100_000));
      await peer.until(() => peer.stream(1).body.length === 165_535);
      peer.frame(frameTypes.windowUpdate, 0, 0, uint32(100_000));
      await peer.ended(1);
    },
  },
  {
    name: "an answer through a window of ten bytes that is refilled by ten",
    settings: [[settingIds.initialWindowSize, 10]],
    talk: async (peer) => {
      call(peer, 1, "/test.Echo/Size", frameMessage(uint32(96)));
      for (let bytes = 10; bytes <= 101; bytes += 10) {
        await peer.until(() => peer.stream(1).body.length === bytes);
        peer.frame(frameTypes.windowUpdate, 0, 1, uint32(10));
      }
      await peer.ended(1);
    },
  },
  {
    name: "a window that SETTINGS shrink below zero and grow again",
    talk: async (peer) => {
      call(peer, 1, "/test.Echo/Size", frameMessage(uint32(70_000)));
      await peer.until(() => peer.stream(1).body.length === 65_535);
      peer.frame(frameTypes.settings, 0, 0, encodeSettings([[settingIds.initialWindowSize, 100]]));
      peer.frame(frameTypes.windowUpdate, 0, 0, uint32(100_000));
      peer.frame(frameTypes.settings, 0, 0, encodeSettings([[settingIds.initialWindowSize, 100_000]]));
      await peer.ended(1);
    },
  },
  {
    name: "large frames allowed by the client",
    settings: [
      [settingIds.maxFrameSize, 1_000_000],
      [settingIds.initialWindowSize, 10_000_000],
    ],
    talk: (peer) => {
      peer.frame(frameTypes.windowUpdate, 0, 0, uint32(10_000_000));
      call(peer, 1, "/test.Echo/Size", frameMessage(uint32(3_000_000)));
      return peer.ended(1);
    },
  },
  {
    name: "no header table at the client",
    settings: [[settingIds.headerTableSize, 0]],
    async talk(peer) {
      await proveAlive(peer, 1);
      await proveAlive(peer, 3);
    },
  },
  {
    name: "a large request, which needs window from the server",
    talk: async (peer) => {
      const body = frameMessage(Buffer.alloc(300_000, 66));
      peer.headers(1, 0, requestFields("/test.Echo/Trailers"));
      let at = 0;
      while (at < body.length) {
        const window = (id: number): number => 65_535 + (peer.windowUpdates.get(id) ?? 0);
        await peer.until(() => Math.min(window(0), window(1)) > at);
        const bytes = Math.min(16_384, Math.min(window(0), window(1)) - at, body.length - at);
        peer.data(1, at + bytes === body.length ? endStream : 0, body.subarray(at, at + bytes));
        at += bytes;
      }
      peer.frame(frameTypes.windowUpdate, 0, 0, uint32(1_000_000));
      peer.frame(frameTypes.windowUpdate, 0, 1, uint32(1_000_000));
      await peer.ended(1);
    },
  },
  {
    name: "metadata, text and binary, repeated and joined",
    talk: (peer) => {
      const more: Fields = [
        ["x-text", "one"],
        ["x-text", "two"],
        ["x-bytes-bin", "AQL/"],
        ["user-agent", "test/1"],
        ["grpc-timeout", "10S"],
      ];
      call(peer, 1, "/test.Echo/Metadata", hello, more);
      return peer.ended(1);
    },
  },
  { name: "trailers behind the answer", talk: (peer) => (call(peer, 1, "/test.Echo/Trailers"), peer.ended(1)) },
  { name: "an error with details", talk: (peer) => (call(peer, 1, "/test.Echo/Fail"), peer.ended(1)) },
  { name: "a long error message", talk: (peer) => (call(peer, 1, "/test.Echo/FailLater"), peer.ended(1)) },
  { name: "a handler with a bug", talk: (peer) => (call(peer, 1, "/test.Echo/Bug"), peer.ended(1)) },
  { name: "an unknown method", talk: (peer) => (call(peer, 1, "/test.Echo/None"), peer.ended(1)) },
  { name: "an unknown service", talk: (peer) => (call(peer, 1, "/test.None/None"), peer.ended(1)) },
  {
    name: "a gzip request",
    talk: (peer) => {
      const message = frameMessage(gzipSync(Buffer.from("hello, compressed")), true);
      call(peer, 1, "/test.Echo/Now", message, [["grpc-encoding", "gzip"]]);
      return peer.ended(1);
    },
  },
  {
    name: "gzip announced and not used",
    talk: (peer) => (call(peer, 1, "/test.Echo/Now", hello, [["grpc-encoding", "gzip"]]), peer.ended(1)),
  },
  {
    name: "a gzip message that is none",
    talk: (peer) => {
      call(peer, 1, "/test.Echo/Now", frameMessage(Buffer.from("no gzip"), true), [["grpc-encoding", "gzip"]]);
      return peer.ended(1);
    },
  },
  {
    name: "a gzip bomb",
    talk: (peer) => {
      const bomb = frameMessage(gzipSync(Buffer.alloc(5_000_000)), true);
      call(peer, 1, "/test.Echo/Now", bomb, [["grpc-encoding", "gzip"]]);
      return peer.ended(1);
    },
  },
  {
    name: "an encoding nobody knows",
    talk: (peer) => (call(peer, 1, "/test.Echo/Now", hello, [["grpc-encoding", "snappy"]]), peer.ended(1)),
  },
  {
    name: "the compressed flag without an encoding",
    talk: (peer) => (call(peer, 1, "/test.Echo/Now", frameMessage(Buffer.from("x"), true)), peer.ended(1)),
  },
  {
    name: "a message above the limit",
    talk: (peer) => {
      peer.headers(1, 0, requestFields("/test.Echo/Now"));
      peer.data(1, 0, Buffer.concat([Buffer.from([0]), uint32(4_194_305), Buffer.alloc(100)]));
      return peer.ended(1);
    },
  },
  {
    name: "a request that ends within its message",
    talk: (peer) => (call(peer, 1, "/test.Echo/Now", hello.subarray(0, 8)), peer.ended(1)),
  },
  {
    name: "a request without a message",
    talk: (peer) => (peer.headers(1, endStream, requestFields("/test.Echo/Now")), peer.ended(1)),
  },
  {
    name: "two messages in a unary call",
    talk: (peer) => (call(peer, 1, "/test.Echo/Now", Buffer.concat([hello, hello])), peer.ended(1)),
  },
  {
    name: "a time-out nobody can read",
    talk: (peer) => (call(peer, 1, "/test.Echo/Now", hello, [["grpc-timeout", "soon"]]), peer.ended(1)),
  },
  {
    name: "a deadline that passes",
    talk: (peer) => (call(peer, 1, "/test.Echo/Park", hello, [["grpc-timeout", "30m"]]), peer.ended(1)),
  },
  {
    name: "a deadline that passes before the request is complete",
    talk: (peer) => {
      peer.headers(1, 0, requestFields("/test.Echo/Now", [["grpc-timeout", "30m"]]));
      return peer.ended(1);
    },
  },
  {
    name: "a content-type of something else",
    talk: (peer) => {
      peer.headers(1, endStream, [
        ...requestFields("/test.Echo/Now").slice(0, 5),
        ["content-type", "application/json"],
      ]);
      return peer.ended(1);
    },
  },
  {
    name: "a content-type with a format",
    talk: (peer) => {
      peer.headers(1, 0, [...requestFields("/test.Echo/Now").slice(0, 5), ["content-type", "application/grpc+proto"]]);
      peer.data(1, endStream, hello);
      return peer.ended(1);
    },
  },
  {
    name: "GET",
    talk: (peer) => {
      peer.headers(1, endStream, [[":method", "GET"], ...requestFields("/test.Echo/Now").slice(1)]);
      return peer.ended(1);
    },
  },
  {
    name: "a call that the client resets while it runs",
    async talk(peer, echo) {
      call(peer, 1, "/test.Echo/Park");
      await peer.until(() => true);
      call(peer, 3, "/test.Echo/Now");
      await peer.ended(3);
      peer.frame(frameTypes.resetStream, 0, 1, uint32(8));
      await proveAlive(peer, 5);
      peer.stream(1).body = Buffer.from(`${echo.cancelled.length} cancelled`);
    },
  },
  {
    name: "PING and SETTINGS between calls",
    async talk(peer) {
      peer.frame(frameTypes.ping, 0, 0, Buffer.from("12345678"));
      await proveAlive(peer, 1);
      peer.frame(frameTypes.settings, 0, 0, encodeSettings([[0x99, 5]]));
      peer.frame(0x99, 0xff, 0, Buffer.from("a frame nobody knows"));
      await proveAlive(peer, 3);
    },
  },
  {
    name: "health: check, check of an unknown service, list",
    talk: (peer) => {
      call(peer, 1, "/grpc.health.v1.Health/Check", frameMessage(Buffer.alloc(0)));
      call(peer, 3, "/grpc.health.v1.Health/Check", frameMessage(Buffer.from("\x0a\x04none")));
      call(peer, 5, "/grpc.health.v1.Health/List", frameMessage(Buffer.alloc(0)));
      return peer.ended(1, 3, 5);
    },
  },
  {
    name: "health: watch sees a change",
    async talk(peer, echo) {
      call(peer, 1, "/grpc.health.v1.Health/Watch", frameMessage(Buffer.from("\x0a\x09test.Echo")), [
        ["grpc-timeout", "100m"],
      ]);
      await peer.until(() => peer.stream(1).body.length > 0);
      echo.health.setNotServing("test.Echo");
      await peer.ended(1);
    },
  },
  ...(
    [
      ["a name in upper case", [...requestFields("/test.Echo/Now"), ["Upper-Case", "x"]]],
      ["a field of the connection", [...requestFields("/test.Echo/Now"), ["connection", "keep-alive"]]],
      ["a pseudo-header behind the others", [...requestFields("/test.Echo/Now"), [":late", "x"]]],
      ["no method", requestFields("/test.Echo/Now").slice(1)],
      ["a method twice", [[":method", "POST"], ...requestFields("/test.Echo/Now")]],
      ["te that is not trailers", [...requestFields("/test.Echo/Now"), ["te", "gzip"]]],
      ["a content-length that is no number", [...requestFields("/test.Echo/Now"), ["content-length", "x"]]],
    ] satisfies Array<[string, Fields]>
  ).map(([name, fields]): Conversation => ({
    name: `${name} resets the stream`,
    async talk(peer) {
      peer.headers(1, 0, fields);
      peer.data(1, endStream, hello);
      await peer.ended(1);
      await proveAlive(peer, 3);
    },
  })),
  ...(
    [
      ["DATA on stream 0", (peer) => peer.data(0, 0, hello)],
      ["DATA on an idle stream", (peer) => peer.data(5, 0, hello)],
      ["a stream with an even id", (peer) => peer.headers(2, endStream, requestFields("/test.Echo/Now"))],
      ["PING of seven bytes", (peer) => peer.frame(frameTypes.ping, 0, 0, Buffer.alloc(7))],
      ["SETTINGS of five bytes", (peer) => peer.frame(frameTypes.settings, 0, 0, Buffer.alloc(5))],
      ["a SETTINGS ack with a payload", (peer) => peer.frame(frameTypes.settings, ack, 0, Buffer.alloc(6))],
      [
        "an initial window above the limit",
        (peer) => peer.frame(frameTypes.settings, 0, 0, encodeSettings([[settingIds.initialWindowSize, 0x80000000]])),
      ],
      [
        "a broken header block",
        (peer) => peer.frame(frameTypes.headers, endHeaders, 1, Buffer.from([0xff, 0xff, 0xff])),
      ],
      [
        "a frame within a header block",
        (peer) => {
          peer.frame(frameTypes.headers, 0, 1, peer.block(requestFields("/test.Echo/Now")));
          peer.frame(frameTypes.ping, 0, 0, Buffer.alloc(8));
        },
      ],
      ["CONTINUATION without HEADERS", (peer) => peer.frame(frameTypes.continuation, endHeaders, 1, Buffer.alloc(1))],
      ["a connection window above the limit", (peer) => peer.frame(frameTypes.windowUpdate, 0, 0, uint32(0x7fffffff))],
      ["PUSH_PROMISE", (peer) => peer.frame(frameTypes.pushPromise, endHeaders, 1, Buffer.alloc(5))],
      ["RST_STREAM on an idle stream", (peer) => peer.frame(frameTypes.resetStream, 0, 9, uint32(8))],
    ] satisfies Array<[string, (peer: RawPeer) => void]>
  ).map(([name, say]): Conversation => ({
    name: `${name} ends the connection`,
    async talk(peer) {
      await proveAlive(peer, 1);
      // Ids above are idle for the next frame, so the proof must not have used them.
      say(peer);
      await peer.closed();
    },
  })),
];
