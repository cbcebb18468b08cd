import { silentLog, systemClock, systemTimers, type Clock, type Timers } from "../../base/index.ts";
import {
  GrpcError,
  HealthStates,
  startGrpcServer,
  type GrpcServer,
  type GrpcServerOptions,
  type ServerCall,
  type UnaryHandler,
} from "../../rpc/index.ts";

/** A server with one method for everything a handler can do. */
export interface EchoServer {
  readonly server: GrpcServer;
  readonly port: number;
  /** Calls of Park that wait, and what ended them. */
  readonly parked: Array<{ call: ServerCall; answer: (message: Uint8Array) => void }>;
  readonly cancelled: string[];
  readonly health: HealthStates;
  close(): Promise<void>;
}

const errorDetails = Buffer.from("details of the error");

export async function startEchoServer(
  options: Partial<GrpcServerOptions> & { time?: Clock & Timers } = {},
): Promise<EchoServer> {
  const parked: EchoServer["parked"] = [];
  const cancelled: string[] = [];
  const health = new HealthStates(["test.Echo"]);
  const handlers = new Map<string, UnaryHandler>([
    ["/test.Echo/Now", (request) => request],
    ["/test.Echo/Later", async (request) => request],
    ["/test.Echo/Size", (request) => Buffer.alloc(Math.min(5_000_000, Buffer.from(request).readUInt32BE(0)), 65)],
    [
      "/test.Echo/Park",
      (_, call) =>
        new Promise((resolve) => {
          parked.push({ call, answer: resolve });
          call.onCancel(() => cancelled.push(call.path));
        }),
    ],
    ["/test.Echo/Metadata", (_, call) => Buffer.from(JSON.stringify([...call.metadata.entries()]))],
    [
      "/test.Echo/Trailers",
      (request, call) => {
        call.setTrailer("x-trailer", "behind");
        call.setTrailer("x-bytes-bin", Buffer.from([1, 2, 255]).toString("base64"));
        return request;
      },
    ],
    [
      "/test.Echo/Fail",
      (request) => {
        throw new GrpcError(request[0] ?? 5, "no such thing: ünïcode, 100 %\n", { details: errorDetails });
      },
    ],
    [
      "/test.Echo/FailLater",
      async () => {
        throw new GrpcError(9, "x".repeat(5_000));
      },
    ],
    [
      "/test.Echo/Bug",
      () => {
        throw new TypeError("a bug");
      },
    ],
  ]);
  const { time, ...rest } = options;
  const server = await startGrpcServer({
    host: "127.0.0.1",
    port: 0,
    clock: time ?? systemClock,
    timers: time ?? systemTimers,
    log: silentLog,
    services: ["test.Echo"],
    routes: (path) => handlers.get(path),
    health,
    ...rest,
  });
  return { server, port: server.port, parked, cancelled, health, close: () => server.close() };
}
