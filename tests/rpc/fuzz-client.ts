import { createServer, type Server, type Socket } from "node:net";
import { seededRandom, systemTimers, type Random } from "../../base/index.ts";
import { frameMessage } from "../../rpc/grpc/message-reader.ts";
import { HpackEncoder } from "../../rpc/hpack/encoder.ts";
import { frameKind, frameTypes } from "../../rpc/http2/frame.ts";
import { OutputBuffer } from "../../rpc/http2/output-buffer.ts";
import { encodeSettings } from "../../rpc/http2/settings.ts";
import { connectGrpc, GrpcError } from "../../rpc/index.ts";

/**
 * The client against a server that says anything: each connection gets frames drawn from the seed and is then cut.
 * Returns how the calls ended; each must have ended, as an answer or as a GrpcError.
 */
export async function fuzzClient({ seed, rounds }: { seed: number; rounds: number }): Promise<Map<string, number>> {
  const random = seededRandom(seed);
  const server: Server = createServer((socket) => abuse(socket, random));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const outcomes = new Map<string, number>();
  for (let round = 0; round < rounds; round++) {
    const client = connectGrpc({ host: "127.0.0.1", port, messageBytesMax: 10_000 });
    const calls = Array.from({ length: 4 }, () => client.unary("/test.Echo/Now", Buffer.alloc(pick(random, 100_000))));
    for (const result of await Promise.allSettled(calls)) {
      const outcome = result.status === "fulfilled" ? "answered" : outcomeOf(result.reason);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    client.close();
  }
  await new Promise((resolve) => server.close(resolve));
  return outcomes;
}

function outcomeOf(reason: unknown): string {
  if (reason instanceof GrpcError) return `code ${reason.code}`;
  throw reason;
}

function abuse(socket: Socket, random: Random): void {
  const encoder = new HpackEncoder({ tableBytesMax: 4_096 });
  const out = new OutputBuffer();
  out.frameHeader(0, frameKind(frameTypes.settings, 0), 0);
  socket.write(Buffer.from(out.take()));
  socket.on("error", () => {});
  let chunks = 0;
  let left = pick(random, 4);
  const speak = (): void => {
    out.reuse(true);
    for (let count = pick(random, 8); count > 0; count--) say(out, encoder, random);
    if (!socket.destroyed) socket.write(Buffer.from(out.take()));
    if (left-- > 0) systemTimers.immediate(speak);
    else socket.end();
  };
  socket.on("data", () => {
    // The preface comes first, the calls behind it.
    if (++chunks === 2) speak();
  });
}

function say(out: OutputBuffer, encoder: HpackEncoder, random: Random): void {
  const streamId = 1 + 2 * pick(random, 4);
  switch (pick(random, 30)) {
    default:
      return answer(out, encoder, { random, streamId });
    case 3:
      return frame(out, frameKind(frameTypes.data, pick(random, 256)), streamId, bytes(random, 300));
    case 4:
      return frame(out, frameKind(frameTypes.headers, pick(random, 256)), streamId, bytes(random, 60));
    case 5:
      return frame(out, frameKind(pick(random, 12), pick(random, 256)), pick(random, 12), bytes(random, 40));
    case 6:
      return out.goaway(pick(random, 9), pick(random, 14), "fuzz");
    case 7:
      return out.resetStream(streamId, pick(random, 15));
    case 8:
      return frame(
        out,
        frameKind(frameTypes.settings, 0),
        0,
        encodeSettings([[pick(random, 8), pick(random, 100_000)]]),
      );
  }
}

/** An answer in which any part may be missing or wrong. */
function answer(out: OutputBuffer, encoder: HpackEncoder, input: { random: Random; streamId: number }): void {
  const { random, streamId } = input;
  const head: Array<[string, string]> = [
    [":status", ["503", "103", "x"][pick(random, 20)] ?? "200"],
    ["content-type", ["text/html"][pick(random, 10)] ?? "application/grpc"],
  ];
  if (random.next() < 0.2) head.push(["grpc-encoding", ["gzip", "br"][pick(random, 2)]!]);
  headers(out, encoder, { streamId, fields: head, flags: 4 });
  const messages = [frameMessage(bytes(random, 100)), frameMessage(bytes(random, 50), true), bytes(random, 50)];
  if (random.next() < 0.8)
    frame(out, frameKind(frameTypes.data, 0), streamId, messages[pick(random, 12)] ?? messages[0]!);
  const status: Array<[string, string]> = [["grpc-status", ["5", "x"][pick(random, 6)] ?? "0"]];
  if (random.next() < 0.3) status.push(["grpc-message", "%zz%41%"], ["grpc-status-details-bin", "//8"]);
  headers(out, encoder, { streamId, fields: status, flags: 5 });
}

function headers(
  out: OutputBuffer,
  encoder: HpackEncoder,
  input: { streamId: number; fields: Array<[string, string]>; flags: number },
): void {
  const at = out.length;
  out.frameHeader(0, frameKind(frameTypes.headers, input.flags), input.streamId);
  for (const [name, value] of input.fields) encoder.field(out, { name, value, indexing: "indexed" });
  out.patchFrameLength(at);
}

function frame(out: OutputBuffer, kind: number, streamId: number, payload: Uint8Array): void {
  out.frameHeader(payload.length, kind, streamId);
  out.bytes(payload);
}

function pick(random: Random, count: number): number {
  return Math.floor(random.next() * count);
}

function bytes(random: Random, lengthMax: number): Buffer {
  return Buffer.from(Array.from({ length: pick(random, lengthMax) }, () => pick(random, 256)));
}
