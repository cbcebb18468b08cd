import { Duplex } from "node:stream";
import type { Socket } from "node:net";
import { expect, test } from "vitest";
import { silentLog, systemClock, systemTimers } from "../../base/index.ts";
import { DeadlineWheel } from "../../rpc/grpc/deadline-wheel.ts";
import { frameMessage } from "../../rpc/grpc/message-reader.ts";
import { HpackEncoder } from "../../rpc/hpack/encoder.ts";
import { FlushQueue } from "../../rpc/http2/flush-queue.ts";
import { connectionPreface, frameFlags, frameKind, frameTypes } from "../../rpc/http2/frame.ts";
import { OutputBuffer } from "../../rpc/http2/output-buffer.ts";
import type { GrpcServerOptions } from "../../rpc/index.ts";
import { RouteTable } from "../../rpc/server/route-table.ts";
import { ServerConnection } from "../../rpc/server/server-connection.ts";
import { serverLimits } from "../../rpc/server/server-options.ts";
import { requestFields } from "./conversations.ts";
import { ManualTime } from "../../base/manual-time.fixture.ts";

/** A socket that takes everything and counts the writes. */
class CountingSocket extends Duplex {
  writes = 0;

  override _read(): void {}

  override _write(_chunk: Buffer, _encoding: string, done: () => void): void {
    this.writes++;
    done();
  }

  setNoDelay(): this {
    return this;
  }
}

const turn = (): Promise<void> => new Promise((resolve) => systemTimers.immediate(resolve));

test("what a hundred calls of one chunk are answered leaves in one write, now and when a commit releases it", async () => {
  const released: Array<(message: Buffer) => void> = [];
  const time = new ManualTime(undefined, "run");
  const options: GrpcServerOptions = {
    host: "",
    port: 0,
    clock: time,
    timers: time,
    routes: (path) =>
      path.endsWith("Now") ? (request) => request : () => new Promise((resolve) => released.push(resolve)),
  };
  const socket = new CountingSocket();
  const connection = new ServerConnection({
    socket: socket as unknown as Socket,
    server: options,
    limits: serverLimits(options),
    calls: {
      clock: systemClock,
      log: silentLog,
      wheel: new DeadlineWheel(time, time),
      routes: new RouteTable(options),
      messageBytesMax: 1_000,
      counters: { callsOpen: 0, callsTotal: 0, callsFailed: 0, callsCancelled: 0 },
    },
    flushQueue: new FlushQueue(time),
    onClosed: () => {},
  });
  await turn();
  expect(socket.writes).toBe(1);
  const encoder = new HpackEncoder({ tableBytesMax: 4_096 });
  const out = new OutputBuffer();
  out.bytes(connectionPreface);
  out.frameHeader(0, frameKind(frameTypes.settings, 0), 0);
  for (let index = 0; index < 100; index++) {
    const at = out.length;
    const streamId = index * 2 + 1;
    out.frameHeader(0, frameKind(frameTypes.headers, frameFlags.endHeaders), streamId);
    for (const [name, value] of requestFields(index % 2 === 0 ? "/a/Now" : "/a/Later")) {
      encoder.field(out, { name, value, indexing: "indexed" });
    }
    out.patchFrameLength(at);
    const message = frameMessage(Buffer.from("hello"));
    out.frameHeader(message.length, frameKind(frameTypes.data, frameFlags.endStream), streamId);
    out.bytes(message);
  }
  socket.push(Buffer.from(out.take()));
  await turn();
  await turn();
  expect(socket.writes).toBe(2);
  expect(connection.openStreams).toBe(50);
  for (const release of released) release(Buffer.from("committed"));
  await turn();
  await turn();
  expect(socket.writes).toBe(3);
  expect(connection.openStreams).toBe(0);
  connection.destroy();
});
