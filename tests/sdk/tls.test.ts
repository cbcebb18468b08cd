/** Clients and workers over TLS, with certificates that are made here. */
import type { TlsOptions } from "node:tls";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { systemClock, systemTimers } from "../../base/index.ts";
import { GrpcError, startGrpcServer, statusCodes } from "../../rpc/index.ts";
import type { UnaryHandler } from "../../rpc/index.ts";
import { Client, Connection } from "../../sdk/client/index.ts";
import type { ConnectionOptions } from "../../sdk/client/index.ts";
import { NativeConnection, Worker } from "../../sdk/worker/index.ts";
import { startServer } from "../../server/server.ts";
import type { PerdureServer } from "../../server/server.ts";
import { CertificateAuthority } from "./certificate-authority.ts";

const authority = new CertificateAuthority("authority of the tests");
const stranger = new CertificateAuthority("another authority");
const ofServer = authority.issue({ commonName: "server", hosts: ["localhost"] });
const ofClient = authority.issue({ commonName: "client" });
const API_KEY = "a key";

let engine: PerdureServer;

beforeAll(async () => {
  engine = await startServer({ data: { kind: "memory" } });
});

afterAll(() => engine.close());

const plainTls: TlsOptions = { cert: ofServer.crt, key: ofServer.key };
const mutualTls: TlsOptions = { ...plainTls, ca: authority.crt, requestCert: true, rejectUnauthorized: true };

/** The engine behind another listener; its address. */
async function listen(tls: TlsOptions | undefined, route = engine.route): Promise<string> {
  const listener = await startGrpcServer({
    host: "127.0.0.1",
    port: 0,
    routes: route,
    clock: systemClock,
    timers: systemTimers,
    tls,
  });
  onTestFinished(() => listener.close({ drainMs: 0 }));
  return `localhost:${listener.port}`;
}

const root = { serverRootCACertificate: authority.crt };

async function greets(options: ConnectionOptions): Promise<string> {
  const connection = await NativeConnection.connect(options);
  onTestFinished(() => connection.close());
  const client = new Client({ connection: await Connection.connect(options) });
  onTestFinished(() => client.connection.close());
  const taskQueue = `queue ${options.address}`;
  const greet = async (name: string) => `Hello, ${name}`;
  const worker = await Worker.create({ connection, taskQueue, workflows: { greet } });
  return worker.runUntil(client.workflow.execute(greet, { taskQueue, workflowId: taskQueue, args: ["TLS"] }));
}

test.each<[string, TlsOptions, ConnectionOptions["tls"]]>([
  ["a server with a certificate", plainTls, root],
  ["a server that asks for the client's", mutualTls, { ...root, clientCertPair: ofClient }],
  [
    "a server whose certificate has another name",
    { ...plainTls, ...named("elsewhere.example") },
    { ...root, serverNameOverride: "elsewhere.example" },
  ],
])("client and worker speak to %s", async (_, server, tls) => {
  expect(await greets({ address: await listen(server), tls })).toBe("Hello, TLS");
});

test("an API key goes over TLS, and with one encryption is the default", async () => {
  const seen = new Set<string>();
  const guarded = (path: string): UnaryHandler | undefined => {
    const handler = engine.route(path);
    return (
      handler &&
      ((request, call) => {
        seen.add(String(call.metadata.get("authorization")));
        if (!seen.has(`Bearer ${API_KEY}`)) throw new GrpcError(statusCodes.unauthenticated, "no key, no service");
        return handler(request, call);
      })
    );
  };
  const address = await listen(plainTls, guarded);
  await expect(Connection.connect({ address, tls: root })).rejects.toThrow("no key, no service");
  expect(await greets({ address, tls: root, apiKey: () => API_KEY })).toBe("Hello, TLS");
  expect([...seen]).toEqual(["undefined", `Bearer ${API_KEY}`]);
  // Not trusted, which shows that it was encrypted.
  await expect(Connection.connect({ address, apiKey: API_KEY })).rejects.toThrow(/certificate/);
});

function named(host: string): TlsOptions {
  const { crt, key } = authority.issue({ commonName: "server", hosts: [host] });
  return { cert: crt, key };
}

const expired = authority.issue({ commonName: "server", hosts: ["localhost"], notAfter: new Date(Date.now() - 1000) });

/** Longer than the test has: such problems last, and are told without another attempt. */
const AT_ONCE = "1 minute";
/** The server has closed the connection without a word, as it may do while it starts. */
const AFTER_A_WHILE = "2s";

test.each<[string, TlsOptions | undefined, ConnectionOptions["tls"], RegExp, typeof AT_ONCE | typeof AFTER_A_WHILE]>([
  ["an authority that is not trusted", plainTls, true, /serverRootCACertificate/, AT_ONCE],
  [
    "another authority than the one given",
    plainTls,
    { serverRootCACertificate: stranger.crt },
    /serverRootCACertificate/,
    AT_ONCE,
  ],
  [
    "a certificate with another name",
    { ...plainTls, ...named("elsewhere.example") },
    root,
    /elsewhere\.example.*serverNameOverride/,
    AT_ONCE,
  ],
  ["a certificate that is over", { cert: expired.crt, key: expired.key }, root, /expired/, AT_ONCE],
  ["no client certificate where one is asked for", mutualTls, root, /clientCertPair/, AFTER_A_WHILE],
  [
    "a client certificate of another authority",
    mutualTls,
    { ...root, clientCertPair: stranger.issue({ commonName: "client" }) },
    /clientCertPair/,
    AFTER_A_WHILE,
  ],
  ["no encryption where the server wants it", plainTls, undefined, /server want TLS/, AFTER_A_WHILE],
  ["encryption where the server has none", undefined, root, /without TLS/, AT_ONCE],
])("%s is told with the option to look at", async (_, server, tls, message, connectTimeout) => {
  const address = await listen(server);
  const connecting = Connection.connect({ address, tls, connectTimeout });
  await expect(connecting).rejects.toThrow(`Failed to connect to the server at ${address}: `);
  await expect(connecting).rejects.toThrow(message);
});
