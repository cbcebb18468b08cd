/**
 * Abuses the transport with frames, header blocks and messages that nobody would send.
 *
 * `node tests/rpc/fuzz.ts --seed 1 --rounds 5000`: each round is one connection that says up to some dozens of frames,
 * well-formed or broken by chance, with all choices drawn from the seed and the round's number. After every round the
 * server must answer a proper call; at the end no call may be open, no timer of a connection left, and memory in bounds.
 */
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { seededRandom, type Random } from "../../base/index.ts";
import { frameMessage } from "../../rpc/grpc/message-reader.ts";
import { frameTypes } from "../../rpc/http2/frame.ts";
import { encodeSettings } from "../../rpc/http2/settings.ts";
import { connectGrpc } from "../../rpc/index.ts";
import { requestFields } from "./conversations.ts";
import { startEchoServer, type EchoServer } from "./echo-service.ts";
import { RawPeer } from "./raw-peer.ts";

export interface FuzzReport {
  readonly rounds: number;
  readonly frames: number;
  readonly goaways: number;
  readonly callsTotal: number;
  readonly callsOpen: number;
  readonly connectionsOpen: number;
  readonly heapGrowthBytes: number;
}

const bomb = frameMessage(gzipSync(Buffer.alloc(6_000_000)), true);
const paths = ["Now", "Later", "Park", "Size", "Fail", "None", "Metadata"].map((name) => `/test.Echo/${name}`);

export async function fuzz({ seed, rounds }: { seed: number; rounds: number }): Promise<FuzzReport> {
  const echo = await startEchoServer({ concurrentStreamsMax: 50 });
  const client = connectGrpc({ host: "127.0.0.1", port: echo.port });
  const report = { rounds, frames: 0, goaways: 0 };
  const heapBefore = usedBytes();
  try {
    for (let round = 0; round < rounds; round++) {
      const outcome = await oneRound(echo, seededRandom(seed * 1_000_003 + round));
      report.frames += outcome.frames;
      report.goaways += outcome.goaways;
      const answer = await client.unary("/test.Echo/Later", Buffer.from(String(round)));
      if (String(answer) !== String(round)) throw new Error(`round ${round} of seed ${seed}: wrong answer`);
      echo.parked.length = echo.cancelled.length = 0;
    }
    // The abusers are gone; what they began must be gone as well once their sockets have closed.
    while (echo.server.metrics().connectionsOpen > 1) await client.unary("/test.Echo/Now", Buffer.alloc(0));
    const { callsTotal, callsOpen, connectionsOpen } = echo.server.metrics();
    return { ...report, callsTotal, callsOpen, connectionsOpen, heapGrowthBytes: usedBytes() - heapBefore };
  } finally {
    client.close();
    await echo.close();
  }
}

async function oneRound(echo: EchoServer, random: Random): Promise<{ frames: number; goaways: number }> {
  const peer = await RawPeer.connect(echo.port);
  const frames = 1 + pick(random, 40);
  // One wild frame usually ends the connection, so most rounds are polite for long and get deep.
  const wildness = [0.02, 0.1, 0.5][pick(random, 3)]!;
  let nextId = 1;
  for (let count = 0; count < frames && !peer.isClosed; count++) {
    if (random.next() < wildness) sayWild(peer, random, 1 + 2 * pick(random, nextId));
    else {
      sayCall(peer, random, nextId);
      nextId += 2;
    }
    if (random.next() < 0.05) await peer.until(() => peer.settings.length > 0 || peer.isClosed);
  }
  peer.frame(frameTypes.ping, 0, 0, Buffer.from("the end!"));
  // Half of the connections are cut in the middle of things.
  if (random.next() < 0.5) {
    await peer.until(
      () => peer.isClosed || peer.goaways.length > 0 || peer.pings.includes(Buffer.from("the end!").toString("hex")),
    );
  }
  peer.close();
  return { frames, goaways: peer.goaways.length };
}

function sayWild(peer: RawPeer, random: Random, streamId: number): void {
  switch (3 + pick(random, 9)) {
    case 3:
      return peer.frame(frameTypes.headers, pick(random, 256), streamId, bytes(random, 60));
    case 4:
      return peer.frame(frameTypes.data, pick(random, 256), streamId, bytes(random, 300));
    case 5:
      return peer.frame(frameTypes.windowUpdate, 0, pick(random, 2) * streamId, uint32(pick(random, 0x7fffffff)));
    case 6:
      return peer.frame(frameTypes.resetStream, 0, streamId, uint32(pick(random, 20)));
    case 7:
      return peer.frame(frameTypes.settings, 0, 0, encodeSettings([[pick(random, 8), pick(random, 100_000)]]));
    case 8:
      return peer.frame(pick(random, 12), pick(random, 256), pick(random, 30), bytes(random, 40));
    case 9:
      return peer.frame(frameTypes.continuation, pick(random, 8), streamId, bytes(random, 40));
    case 10:
      return sayBroken(peer, random, streamId);
    case 11:
      return random.next() < 0.1 ? peer.bytes(bytes(random, 200)) : peer.data(streamId, pick(random, 2), bomb);
  }
}

/** A proper call, whose message may be anything. */
function sayCall(peer: RawPeer, random: Random, streamId: number): void {
  const more: Array<readonly [string, string]> = [];
  if (random.next() < 0.3) more.push(["grpc-timeout", `${pick(random, 50)}${"numSMHx"[pick(random, 7)]}`]);
  if (random.next() < 0.3) more.push(["grpc-encoding", ["gzip", "identity", "br"][pick(random, 3)]!]);
  peer.headers(streamId, 0, requestFields(paths[pick(random, paths.length)]!, more));
  const messages = [bomb, frameMessage(bytes(random, 300)), bytes(random, 50), frameMessage(bytes(random, 30), true)];
  peer.data(streamId, random.next() < 0.8 ? 1 : 0, messages[pick(random, messages.length)]!);
}

/** A header block with some of its bytes changed. */
function sayBroken(peer: RawPeer, random: Random, streamId: number): void {
  const block = peer.block(requestFields(paths[0]!, [["x-random", String(random.next())]]), "literal");
  for (let count = pick(random, 4); count > 0; count--) block[pick(random, block.length)] = pick(random, 256);
  peer.frame(frameTypes.headers, 4 | pick(random, 2), streamId, block);
}

function pick(random: Random, count: number): number {
  return Math.floor(random.next() * count);
}

function bytes(random: Random, lengthMax: number): Buffer {
  return Buffer.from(Array.from({ length: pick(random, lengthMax) }, () => pick(random, 256)));
}

function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(value);
  return buffer;
}

function usedBytes(): number {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { seed: { type: "string", default: "1" }, rounds: { type: "string", default: "1000" } },
  });
  const report = await fuzz({ seed: Number(values.seed), rounds: Number(values.rounds) });
  console.log(JSON.stringify(report));
  if (report.callsOpen > 0) throw new Error("calls were left open");
}
