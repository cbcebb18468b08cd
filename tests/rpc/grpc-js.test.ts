import {
  Client,
  credentials,
  Metadata,
  Server,
  ServerCredentials,
  status,
  type CallOptions,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServiceError,
} from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectGrpc, GrpcError, type GrpcClient } from "../../rpc/index.ts";
import { startEchoServer, type EchoServer } from "./echo-service.ts";

const identity = (bytes: Buffer): Buffer => bytes;

describe.each(["own", "node"] as const)("a grpc-js client of our server (%s)", (implementation) => {
  let echo: EchoServer;
  let client: Client;

  beforeAll(async () => {
    echo = await startEchoServer({ implementation });
    client = new Client(`127.0.0.1:${echo.port}`, credentials.createInsecure());
  });

  afterAll(async () => {
    client.close();
    await echo.close();
  });

  function call(
    method: string,
    request: Buffer,
    more: { metadata?: Metadata; options?: CallOptions; onTrailers?: (metadata: Metadata) => void } = {},
  ): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const { metadata = new Metadata(), options = {} } = more;
      const answer = (error: ServiceError | null, message?: Buffer): void =>
        error ? reject(error) : resolve(message!);
      const made = client.makeUnaryRequest(
        `/test.Echo/${method}`,
        identity,
        identity,
        request,
        metadata,
        options,
        answer,
      );
      made.on("status", (end) => more.onTrailers?.(end.metadata));
    });
  }

  test("gets its answer", async () => {
    expect(String(await call("Now", Buffer.from("hello")))).toBe("hello");
    expect(String(await call("Later", Buffer.from("hello")))).toBe("hello");
  });

  test("sends and gets messages of 4 MB, many at once", async () => {
    const size = Buffer.alloc(4);
    size.writeUInt32BE(4_000_000);
    const answers = await Promise.all([
      ...Array.from({ length: 5 }, () => call("Size", size)),
      ...Array.from({ length: 5 }, (_, index) => call("Later", Buffer.alloc(4_000_000, index))),
    ]);
    expect(answers.map((answer) => answer.length)).toEqual(Array.from({ length: 10 }, () => 4_000_000));
    expect(answers.slice(5).every((answer, index) => answer.equals(Buffer.alloc(4_000_000, index)))).toBe(true);
  });

  test.each([65_529, 65_530, 65_531, 131_000])("sends %d bytes, which end where a window ends", async (bytes) => {
    expect((await call("Now", Buffer.alloc(bytes))).length).toBe(bytes);
  });

  test("sees an error with its message and details", async () => {
    const error = (await call("Fail", Buffer.from([9])).catch((thrown: unknown) => thrown)) as ServiceError;
    expect(error).toMatchObject({ code: status.FAILED_PRECONDITION, details: "no such thing: ünïcode, 100 %\n" });
    expect(String(error.metadata.get("grpc-status-details-bin")[0])).toBe("details of the error");
  });

  test("sees the metadata behind the answer", async () => {
    let trailers: Metadata | undefined;
    await call("Trailers", Buffer.alloc(0), { onTrailers: (got) => (trailers = got) });
    expect(trailers!.getMap()).toMatchObject({ "x-trailer": "behind", "x-bytes-bin": Buffer.from([1, 2, 255]) });
  });

  test("has its metadata read", async () => {
    const metadata = new Metadata();
    metadata.add("x-text", "value");
    metadata.add("x-bytes-bin", Buffer.from([1, 2, 255]));
    const entries = JSON.parse(String(await call("Metadata", Buffer.alloc(0), { metadata }))) as string[][];
    expect(entries).toContainEqual(["x-text", "value"]);
    expect(entries.find(([name]) => name === "x-bytes-bin")?.[1]).toMatch(/^AQL\/=*$/);
  });

  test("compresses its requests", async () => {
    const compressing = new Client(`127.0.0.1:${echo.port}`, credentials.createInsecure(), {
      "grpc.default_compression_algorithm": 2,
    });
    const text = "compressible ".repeat(10_000);
    const answer = await new Promise((resolve, reject) => {
      compressing.makeUnaryRequest("/test.Echo/Later", identity, identity, Buffer.from(text), (error, message) =>
        error ? reject(error) : resolve(message),
      );
    });
    compressing.close();
    expect(String(answer)).toBe(text);
  });

  test("passes its deadline on, and the handler hears of it", async () => {
    const before = echo.cancelled.length;
    const error = await call("Park", Buffer.alloc(0), { options: { deadline: Date.now() + 60 } }).catch((e) => e);
    expect(error).toMatchObject({ code: status.DEADLINE_EXCEEDED });
    const { call: parked } = echo.parked.pop()!;
    expect(parked.deadline).toBeTypeOf("number");
    await new Promise<void>((resolve) => parked.onCancel(resolve));
    expect(echo.cancelled.length).toBe(before + 1);
  });

  test("cancels, and the handler hears of it", async () => {
    const answered = new Promise<ServiceError | null>((resolve) => {
      const made = client.makeUnaryRequest("/test.Echo/Park", identity, identity, Buffer.alloc(0), resolve);
      const poll = setInterval(() => {
        if (echo.parked.length === 0) return;
        clearInterval(poll);
        made.cancel();
      }, 1);
    });
    expect(await answered).toMatchObject({ code: status.CANCELLED });
    await new Promise<void>((resolve) => echo.parked.pop()!.call.onCancel(resolve));
  });

  test("is told why a message is too large", async () => {
    const error = await call("Now", Buffer.alloc(4_194_305)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: status.RESOURCE_EXHAUSTED,
      details: "grpc: received message larger than max (4194305 vs. 4194304)",
    });
  });

  test("is told what does not exist", async () => {
    const error = await call("None", Buffer.alloc(0)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: status.UNIMPLEMENTED, details: "unknown method None for service test.Echo" });
  });
});

describe("our client of a grpc-js server", () => {
  const server = new Server({ "grpc.max_receive_message_length": -1 });
  let client: GrpcClient;
  let cancelled: () => void = () => {};

  beforeAll(async () => {
    const definition = (name: string) => ({
      path: `/test.Echo/${name}`,
      requestStream: false as const,
      responseStream: false as const,
      requestSerialize: identity,
      requestDeserialize: identity,
      responseSerialize: identity,
      responseDeserialize: identity,
    });
    type Unary = (call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) => void;
    const handlers: Record<string, Unary> = {
      Now: (call, answer) => answer(null, call.request),
      Metadata: (call, answer) => answer(null, Buffer.from(JSON.stringify(call.metadata.getMap()))),
      Fail: (_, answer) => {
        const metadata = new Metadata();
        metadata.set("grpc-status-details-bin", Buffer.from("details"));
        metadata.set("x-trailer", "behind");
        answer({ code: status.NOT_FOUND, details: "no söch thing", metadata });
      },
      Park: (call) => void call.on("cancelled", () => cancelled()),
    };
    server.addService(Object.fromEntries(Object.keys(handlers).map((name) => [name, definition(name)])), handlers);
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    client = connectGrpc({ host: "127.0.0.1", port, metadata: { "x-every": "call" } });
  });

  afterAll(() => {
    client.close();
    server.forceShutdown();
  });

  test("gets its answers, small and large, plain and compressed, many at once", async () => {
    const sizes = [0, 1, 100, 16_379, 65_530, 65_531, 1_000_000, 6_000_000];
    const answers = await Promise.all(
      sizes.flatMap((size) =>
        [false, true].map((gzip) => client.unary("/test.Echo/Now", Buffer.alloc(size, 7), { gzip })),
      ),
    );
    expect(answers.map((answer) => answer.length)).toEqual(sizes.flatMap((size) => [size, size]));
  });

  test("has its metadata read", async () => {
    const answer = await client.unary("/test.Echo/Metadata", Buffer.alloc(0), {
      metadata: { "X-One": "1", "x-bytes-bin": Buffer.from([255, 0]) },
    });
    expect(JSON.parse(String(answer))).toMatchObject({ "x-one": "1", "x-every": "call" });
  });

  test("rejects with the server's status, details and trailers", async () => {
    const error = (await client.unary("/test.Echo/Fail", Buffer.alloc(0)).catch((e: unknown) => e)) as GrpcError;
    expect(error).toBeInstanceOf(GrpcError);
    expect(error).toMatchObject({ code: status.NOT_FOUND, message: "no söch thing" });
    expect(String(error.details)).toBe("details");
    expect(error.trailers?.get("x-trailer")).toBe("behind");
  });

  test("gives up at its deadline, and the server hears of it", async () => {
    const heard = new Promise<void>((resolve) => (cancelled = resolve));
    await expect(client.unary("/test.Echo/Park", Buffer.alloc(0), { timeoutMs: 50 })).rejects.toMatchObject({
      code: status.DEADLINE_EXCEEDED,
    });
    await heard;
  });

  test("gives up when aborted, and the server hears of it", async () => {
    const heard = new Promise<void>((resolve) => (cancelled = resolve));
    const abort = new AbortController();
    const call = client.unary("/test.Echo/Park", Buffer.alloc(0), { signal: abort.signal });
    await client.unary("/test.Echo/Now", Buffer.alloc(0));
    abort.abort();
    await expect(call).rejects.toMatchObject({ code: status.CANCELLED });
    await heard;
  });

  test("learns that a method does not exist", async () => {
    await expect(client.unary("/test.Echo/None", Buffer.alloc(0))).rejects.toMatchObject({
      code: status.UNIMPLEMENTED,
    });
  });
});
