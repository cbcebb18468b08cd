import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { conversations, type Conversation } from "./conversations.ts";
import { startEchoServer, type EchoServer } from "./echo-service.ts";
import { RawPeer } from "./raw-peer.ts";

/**
 * Our HTTP/2 against node:http2: the same frames to both, and what comes back on every stream must be equal. Left out of
 * the comparison is what a server is free to choose: how it cuts frames, its SETTINGS, when it updates windows.
 */
let own: EchoServer;
let node: EchoServer;

beforeAll(async () => {
  own = await startEchoServer({ implementation: "own" });
  node = await startEchoServer({ implementation: "node" });
});

afterAll(async () => {
  await Promise.all([own.close(), node.close()]);
});

interface Heard {
  readonly streams: Record<string, { headers: string[][]; body: string; ending: string | undefined }>;
  readonly pings: string[];
  readonly goawayCodes: number[];
}

async function hear(server: EchoServer, conversation: Conversation): Promise<Heard> {
  server.cancelled.length = 0;
  server.health.setServing("test.Echo");
  const peer = await RawPeer.connect(server.port, conversation.settings);
  await conversation.talk(peer, server);
  peer.close();
  const streams: Heard["streams"] = {};
  for (const [id, { headers, body, endings }] of [...peer.streams].sort(([a], [b]) => a - b)) {
    // Only what ended the stream first: a courtesy reset may follow, or not.
    streams[id] = { headers, body: body.toString("latin1"), ending: endings[0] };
  }
  return { streams, pings: peer.pings, goawayCodes: peer.goaways.map(({ code }) => code) };
}

describe("our HTTP/2 answers as node:http2 does", () => {
  test.each(conversations.map((conversation) => [conversation.name, conversation] as const))("%s", async (_, one) => {
    const [ours, theirs] = [await hear(own, one), await hear(node, one)];
    expect(ours).toEqual(theirs);
  });
});
