import { connect } from "node:tls";
import { Client, credentials } from "@grpc/grpc-js";
import { afterEach, describe, expect, test } from "vitest";
import { connectGrpc, statusCodes, type GrpcClientOptions, type GrpcServerOptions } from "../../rpc/index.ts";
import { authority, clientCertificate, clientKey, serverCertificate, serverKey } from "./certificates.ts";
import { startEchoServer, type EchoServer } from "./echo-service.ts";

const opened: Array<{ close(): unknown }> = [];

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

const serverTls = { key: serverKey, cert: serverCertificate };
const mutualTls = { ...serverTls, ca: authority, requestCert: true, rejectUnauthorized: true };

async function serve(tls: GrpcServerOptions["tls"], implementation: "own" | "node"): Promise<EchoServer> {
  const echo = await startEchoServer({ tls, implementation });
  opened.push(echo);
  return echo;
}

function call(echo: EchoServer, tls: GrpcClientOptions["tls"], bytes = 5): Promise<number> {
  const client = connectGrpc({ host: "127.0.0.1", port: echo.port, tls });
  opened.push(client);
  return client.unary("/test.Echo/Later", Buffer.alloc(bytes)).then((answer) => answer.length);
}

describe.each(["own", "node"] as const)("TLS (%s)", (implementation) => {
  test("carries calls, small and large", async () => {
    const echo = await serve(serverTls, implementation);
    expect(await call(echo, { ca: authority })).toBe(5);
    expect(await call(echo, { ca: authority }, 3_000_000)).toBe(3_000_000);
  });

  test("carries many different calls at once without mixing their bytes", async () => {
    const echo = await serve(serverTls, implementation);
    const client = connectGrpc({ host: "127.0.0.1", port: echo.port, tls: { ca: authority } });
    opened.push(client);
    const requests = Array.from({ length: 300 }, (_, index) => Buffer.alloc((index * 997) % 60_000, `${index},`));
    for (let round = 0; round < 3; round++) {
      const answers = await Promise.all(requests.map((request) => client.unary("/test.Echo/Later", request)));
      expect(answers.every((answer, index) => requests[index]!.equals(answer))).toBe(true);
    }
  });

  test("carries calls of grpc-js", async () => {
    const echo = await serve(serverTls, implementation);
    const client = new Client(`localhost:${echo.port}`, credentials.createSsl(Buffer.from(authority)));
    opened.push(client);
    const identity = (bytes: Buffer): Buffer => bytes;
    const answer = await new Promise((resolve, reject) => {
      client.makeUnaryRequest("/test.Echo/Now", identity, identity, Buffer.from("hello"), (error, message) =>
        error ? reject(error) : resolve(String(message)),
      );
    });
    expect(answer).toBe("hello");
  });

  test("refuses a client that does not trust the server, and the server lives on", async () => {
    const echo = await serve(serverTls, implementation);
    await expect(call(echo, {})).rejects.toMatchObject({ code: statusCodes.unavailable });
    expect(await call(echo, { ca: authority })).toBe(5);
  });

  test("with client certificates takes those of its authority only", async () => {
    const echo = await serve(mutualTls, implementation);
    expect(await call(echo, { ca: authority, key: clientKey, cert: clientCertificate })).toBe(5);
    await expect(call(echo, { ca: authority })).rejects.toMatchObject({ code: statusCodes.unavailable });
  });
});

test("a client that offers another protocol is refused by ALPN", async () => {
  const echo = await serve(serverTls, "own");
  const socket = connect({ host: "127.0.0.1", port: echo.port, ca: authority, ALPNProtocols: ["http/1.1"] });
  const error = await new Promise<Error>((resolve) => socket.once("error", resolve));
  expect(error.message).toMatch(/no application protocol/i);
});

test("closing the server does not wait for a handshake that never comes", async () => {
  const echo = await serve(serverTls, "own");
  const { connect: connectTcp } = await import("node:net");
  const socket = connectTcp(echo.port, "127.0.0.1");
  await new Promise((resolve) => socket.once("connect", resolve));
  // A call behind it proves that the server has accepted the silent one.
  expect(await call(echo, { ca: authority })).toBe(5);
  const gone = new Promise((resolve) => socket.once("close", resolve));
  await echo.close();
  await gone;
});
