import { createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { frameMessage } from "../../rpc/grpc/message-reader.ts";
import { HpackEncoder } from "../../rpc/hpack/encoder.ts";
import {
  connectionPreface,
  frameBytesMax,
  frameFlags,
  frameKind,
  frameTypes,
  settingIds,
} from "../../rpc/http2/frame.ts";
import { FrameReader } from "../../rpc/http2/frame-reader.ts";
import { OutputBuffer } from "../../rpc/http2/output-buffer.ts";
import { encodeSettings } from "../../rpc/http2/settings.ts";
import { connectGrpc, statusCodes, type GrpcClient } from "../../rpc/index.ts";
import { startEchoServer } from "./echo-service.ts";
import { ManualTime } from "../../base/manual-time.fixture.ts";

const opened: Array<{ close(): unknown }> = [];

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

function connect(port: number, more: Partial<Parameters<typeof connectGrpc>[0]> = {}): GrpcClient {
  const client = connectGrpc({ host: "127.0.0.1", port, ...more });
  opened.push(client);
  return client;
}

/** A server that does what its script says with each stream, in frames written by hand. */
interface ScriptedServer {
  readonly port: number;
  connections: number;
  close(): void;
}

interface Said {
  readonly connection: number;
  readonly streamId: number;
  readonly out: OutputBuffer;
  readonly encoder: HpackEncoder;
  readonly socket: Socket;
}

async function startScripted(
  onRequest: (said: Said) => void,
  settings: ReadonlyArray<readonly [number, number]> = [],
): Promise<ScriptedServer> {
  const sockets = new Set<Socket>();
  const scripted = { port: 0, connections: 0, close: () => {} };
  const server: Server = createServer((socket) => {
    const connection = scripted.connections++;
    sockets.add(socket);
    socket.on("error", () => {});
    const encoder = new HpackEncoder({ tableBytesMax: 4_096 });
    const greeting = new OutputBuffer();
    greeting.frameHeader(settings.length * 6, frameKind(frameTypes.settings, 0), 0);
    greeting.bytes(encodeSettings(settings));
    socket.write(Buffer.from(greeting.take()));
    const reader = new FrameReader({
      expectsPreface: true,
      payloadBytesMax: frameBytesMax,
      onFrame: (frame) => {
        if (frame.type !== frameTypes.data || (frame.flags & frameFlags.endStream) === 0) return;
        const out = new OutputBuffer();
        onRequest({ connection, streamId: frame.streamId, out, encoder, socket });
        if (out.length > 0) socket.write(Buffer.from(out.take()));
      },
    });
    socket.on("data", (chunk: Buffer) => reader.push(chunk));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address() as { port: number };
  scripted.port = address.port;
  scripted.close = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  opened.push(scripted);
  return scripted;
}

function headers(said: Said, fields: ReadonlyArray<readonly [string, string]>, endStream = false): void {
  const at = said.out.length;
  const flags = frameFlags.endHeaders | (endStream ? frameFlags.endStream : 0);
  said.out.frameHeader(0, frameKind(frameTypes.headers, flags), said.streamId);
  for (const [name, value] of fields) said.encoder.field(said.out, { name, value, indexing: "literal" });
  said.out.patchFrameLength(at);
}

function data(said: Said, payload: Uint8Array): void {
  said.out.frameHeader(payload.length, frameKind(frameTypes.data, 0), said.streamId);
  said.out.bytes(payload);
}

const head = [
  [":status", "200"],
  ["content-type", "application/grpc"],
] as const;

function answer(said: Said, text: string): void {
  headers(said, head);
  data(said, frameMessage(Buffer.from(text)));
  headers(said, [["grpc-status", "0"]], true);
}

const nothing = Buffer.alloc(0);

describe("a call that the server certainly did not process is sent again", () => {
  test("on a new connection when it lies above the id of a GOAWAY; the others finish on the old one", async () => {
    const held: Said[] = [];
    const server = await startScripted((said) => {
      if (said.connection > 0) return answer(said, `connection ${said.connection}`);
      held.push(said);
      if (held.length < 3) return;
      said.out.goaway(held[0]!.streamId, 0, "");
      answer({ ...held[0]!, out: said.out }, "connection 0");
    });
    const client = connect(server.port);
    const answers = await Promise.all([1, 2, 3].map(() => client.unary("/a/b", nothing)));
    expect(answers.map(String)).toEqual(["connection 0", "connection 1", "connection 1"]);
  });

  test("when it was refused, but not for ever", async () => {
    let refusals = 0;
    const server = await startScripted((said) => {
      if (refusals < 2) {
        refusals++;
        said.out.resetStream(said.streamId, 7);
      } else answer(said, "at last");
    });
    const client = connect(server.port);
    expect(String(await client.unary("/a/b", nothing))).toBe("at last");
    refusals = Number.NEGATIVE_INFINITY;
    await expect(client.unary("/a/b", nothing)).rejects.toMatchObject({ code: statusCodes.unavailable });
  });
});

describe("a call ends with", () => {
  test.each<[string, number, (said: Said) => void]>([
    ["UNAVAILABLE when the connection is lost", statusCodes.unavailable, (said) => said.socket.destroy()],
    ["CANCELLED when the server cancels", statusCodes.cancelled, (said) => said.out.resetStream(said.streamId, 8)],
    ["RESOURCE_EXHAUSTED when told to calm down", 8, (said) => said.out.resetStream(said.streamId, 11)],
    ["INTERNAL when reset otherwise", statusCodes.internal, (said) => said.out.resetStream(said.streamId, 2)],
    ["UNAVAILABLE for HTTP 503", statusCodes.unavailable, (said) => headers(said, [[":status", "503"]], true)],
    ["UNIMPLEMENTED for HTTP 404", statusCodes.unimplemented, (said) => headers(said, [[":status", "404"]], true)],
    [
      "UNKNOWN for a page of HTML",
      statusCodes.unknown,
      (said) => {
        headers(said, [
          [":status", "200"],
          ["content-type", "text/html"],
        ]);
        data(said, Buffer.from("<html>"));
      },
    ],
    ["INTERNAL without grpc-status", statusCodes.internal, (said) => headers(said, head, true)],
    [
      "INTERNAL without a message",
      statusCodes.internal,
      (said) => {
        headers(said, head);
        headers(said, [["grpc-status", "0"]], true);
      },
    ],
    [
      "RESOURCE_EXHAUSTED for a reply above the limit",
      statusCodes.resourceExhausted,
      (said) => {
        headers(said, head);
        data(said, Buffer.from([0, 0x40, 0, 0, 0]));
      },
    ],
    [
      "UNAVAILABLE when the server talks nonsense",
      statusCodes.unavailable,
      (said) => said.socket.write(Buffer.alloc(9, 255)),
    ],
  ])("%s", async (_, code, script) => {
    const server = await startScripted(script);
    const client = connect(server.port);
    await expect(client.unary("/a/b", nothing)).rejects.toMatchObject({ name: "GrpcError", code });
  });

  test("UNAVAILABLE when nobody listens", async () => {
    const echo = await startEchoServer();
    await echo.close();
    const client = connect(echo.port);
    await expect(client.unary("/a/b", nothing)).rejects.toMatchObject({ code: statusCodes.unavailable });
  });
});

test("informational responses are skipped", async () => {
  const server = await startScripted((said) => {
    headers(said, [[":status", "103"]]);
    answer(said, "hello");
  });
  expect(String(await connect(server.port).unary("/a/b", nothing))).toBe("hello");
});

test("calls beyond the server's limit wait for their turn", async () => {
  let open = 0;
  let openMax = 0;
  const server = await startScripted(
    (said) => {
      openMax = Math.max(openMax, ++open);
      setImmediate(() => {
        open--;
        answer(said, "x");
        said.socket.write(Buffer.from(said.out.take()));
        said.out.reuse(true);
      });
    },
    [[settingIds.maxConcurrentStreams, 3]],
  );
  const client = connect(server.port);
  await Promise.all(Array.from({ length: 20 }, () => client.unary("/a/b", nothing)));
  expect(openMax).toBe(3);
  expect(server.connections).toBe(1);
});

test("a client connects again after its server has come back", async () => {
  const first = await startEchoServer();
  const client = connect(first.port);
  expect(String(await client.unary("/test.Echo/Now", Buffer.from("one")))).toBe("one");
  await first.close();
  await expect(client.unary("/test.Echo/Now", nothing)).rejects.toMatchObject({ code: statusCodes.unavailable });
  const second = await startEchoServer({ port: first.port });
  opened.push(second);
  expect(String(await client.unary("/test.Echo/Now", Buffer.from("two")))).toBe("two");
});

test("a drained server's client moves over without an error", async () => {
  const first = await startEchoServer();
  const client = connect(first.port);
  const parked = client.unary("/test.Echo/Park", nothing);
  await client.unary("/test.Echo/Now", nothing);
  const closed = first.server.close({ drainMs: 5_000 });
  first.parked[0]!.answer(Buffer.from("finished"));
  expect(String(await parked)).toBe("finished");
  await closed;
});

test("a closed client has cancelled its calls and takes no more", async () => {
  const echo = await startEchoServer();
  opened.push(echo);
  const client = connect(echo.port);
  const parked = client.unary("/test.Echo/Park", nothing);
  parked.catch(() => {});
  await client.unary("/test.Echo/Now", nothing);
  client.close();
  await expect(parked).rejects.toMatchObject({ code: statusCodes.cancelled });
  await expect(client.unary("/test.Echo/Now", nothing)).rejects.toMatchObject({ code: statusCodes.cancelled });
});

test("a deadline ends a call that waits for its connection", async () => {
  const time = new ManualTime(undefined, "run");
  // Accepts and says nothing.
  const server = createServer(() => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  opened.push(server);
  const client = connect((server.address() as { port: number }).port, { clock: time, timers: time });
  const call = client.unary("/a/b", nothing, { timeoutMs: 1_000 });
  const late = client.unary("/a/b", nothing);
  late.catch(() => {});
  time.advance(1_016);
  await expect(call).rejects.toMatchObject({ code: statusCodes.deadlineExceeded });
  time.advance(20_000);
  await expect(late).rejects.toMatchObject({ code: statusCodes.unavailable });
});

test("a server that cancels at the deadline says that it is over", async () => {
  const time = new ManualTime(undefined, "run");
  const timeoutMs = 1_000 - (time.now() % 16) + 1;
  const server = await startScripted((said) => {
    time.advance(timeoutMs);
    said.out.resetStream(said.streamId, 8);
  });
  const client = connect(server.port, { clock: time, timers: time });
  await expect(client.unary("/a/b", nothing, { timeoutMs })).rejects.toMatchObject({
    code: statusCodes.deadlineExceeded,
  });
});

test("a silent server is pinged and given up", async () => {
  const time = new ManualTime(undefined, "run");
  let answers = 0;
  const server = await startScripted((said) => {
    if (answers++ === 0) answer(said, "the only answer");
  });
  const client = connect(server.port, { clock: time, timers: time, keepAliveMs: 30_000, keepAliveTimeoutMs: 5_000 });
  await client.unary("/a/b", nothing);
  const call = client.unary("/a/b", nothing);
  call.catch(() => {});
  time.advance(30_000);
  time.advance(30_000);
  time.advance(5_000);
  await expect(call).rejects.toMatchObject({ code: statusCodes.unavailable });
});

test("the preface and SETTINGS come first", async () => {
  const chunks: Buffer[] = [];
  const server = createServer((socket) => socket.on("data", (chunk) => chunks.push(chunk)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  opened.push(server);
  const client = connect((server.address() as { port: number }).port);
  await client.unary("/a/b", nothing, { timeoutMs: 50 }).catch(() => {});
  const said = Buffer.concat(chunks);
  expect(said.subarray(0, 24)).toEqual(connectionPreface);
  expect(said[27]).toBe(frameTypes.settings);
});
