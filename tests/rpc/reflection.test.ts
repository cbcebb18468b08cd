import { Client, credentials, type ClientDuplexStream } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeFields, encodeBytes, encodeNumber, stringField } from "../../rpc/services/protobuf.ts";
import { startEchoServer, type EchoServer } from "./echo-service.ts";

/** A FileDescriptorProto with its name and what it imports. */
function file(name: string, ...imports: string[]): Uint8Array {
  return Buffer.concat([encodeBytes(1, name), ...imports.map((one) => encodeBytes(3, one))]);
}

const files = new Map([
  ["service.proto", file("service.proto", "messages.proto", "common.proto")],
  ["messages.proto", file("messages.proto", "common.proto")],
  ["common.proto", file("common.proto")],
]);
const symbols = new Map([
  ["test.Echo", "service.proto"],
  ["test.Request", "messages.proto"],
]);

describe.each(["own", "node"] as const)("reflection (%s)", (implementation) => {
  let echo: EchoServer;
  let client: Client;

  beforeAll(async () => {
    echo = await startEchoServer({
      implementation,
      reflection: { files, symbols, services: ["test.Echo", "a.First"] },
    });
    client = new Client(`127.0.0.1:${echo.port}`, credentials.createInsecure());
  });

  afterAll(async () => {
    client.close();
    await echo.close();
  });

  function open(version: string): ClientDuplexStream<Buffer, Buffer> {
    const identity = (bytes: Buffer): Buffer => bytes;
    return client.makeBidiStreamRequest(
      `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
      identity,
      identity,
    );
  }

  function ask(stream: ClientDuplexStream<Buffer, Buffer>, request: Uint8Array): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      stream.once("data", resolve).once("error", reject);
      stream.write(Buffer.from(request));
    });
  }

  function names(answer: Buffer): string[] {
    const files = decodeFields(answer).find((field) => field.number === 4)!.value as Uint8Array;
    return decodeFields(files).map((field) => stringField(decodeFields(field.value as Uint8Array), 1));
  }

  test.each(["v1", "v1alpha"])(
    "%s: services, files with what they import, symbols, errors, on one stream",
    async (version) => {
      const stream = open(version);
      const services = decodeFields(await ask(stream, encodeBytes(7, ""))).find((field) => field.number === 6)!;
      expect(
        decodeFields(services.value as Uint8Array).map((field) =>
          stringField(decodeFields(field.value as Uint8Array), 1),
        ),
      ).toEqual([
        "a.First",
        "grpc.health.v1.Health",
        "grpc.reflection.v1.ServerReflection",
        "grpc.reflection.v1alpha.ServerReflection",
        "test.Echo",
      ]);
      expect(names(await ask(stream, encodeBytes(4, "grpc.health.v1.Health")))).toEqual([
        "grpc/health/v1/health.proto",
      ]);
      expect(names(await ask(stream, encodeBytes(4, "test.Request.Nested")))).toEqual([
        "messages.proto",
        "common.proto",
      ]);
      expect(names(await ask(stream, encodeBytes(4, "test.Echo.Now")))).toEqual(["service.proto"]);
      expect(names(await ask(stream, encodeBytes(3, "messages.proto")))).toEqual(["messages.proto"]);
      for (const request of [
        encodeBytes(3, "none.proto"),
        encodeBytes(4, "no.Symbol"),
        encodeBytes(6, "test.Request"),
      ]) {
        const error = decodeFields(await ask(stream, request)).find((field) => field.number === 7)!;
        expect(decodeFields(error.value as Uint8Array)[0]).toEqual({ number: 1, value: 5 });
      }
      const ended = new Promise<{ code: number }>((resolve) => stream.on("status", resolve));
      stream.end();
      expect((await ended).code).toBe(0);
    },
  );

  test("the request and the host come back in the answer", async () => {
    const stream = open("v1");
    const request = Buffer.concat([encodeBytes(1, "host"), encodeBytes(7, "")]);
    const fields = decodeFields(await ask(stream, request));
    expect(stringField(fields, 1)).toBe("host");
    expect(fields.find((field) => field.number === 2)!.value).toEqual(request);
    stream.end();
  });

  test("a request that is no message ends the stream with INTERNAL", async () => {
    const stream = open("v1");
    stream.on("data", () => {});
    const error = new Promise<Error>((resolve) => stream.on("error", resolve));
    stream.write(Buffer.from([0x0a, 0xff]));
    expect(await error).toMatchObject({ code: 13 });
  });

  test("health is watched until the client goes", async () => {
    const identity = (bytes: Buffer): Buffer => bytes;
    const request = Buffer.from(encodeBytes(1, "test.Echo"));
    const stream = client.makeServerStreamRequest("/grpc.health.v1.Health/Watch", identity, identity, request);
    const statuses: Buffer[] = [];
    const seen = (count: number): Promise<void> =>
      new Promise((resolve) => {
        const check = (): void => void (statuses.length >= count && resolve());
        stream.on("data", check);
        check();
      });
    stream.on("data", (message: Buffer) => statuses.push(message));
    stream.on("error", () => {});
    await seen(1);
    echo.health.setNotServing("test.Echo");
    await seen(2);
    expect(statuses.map(Buffer.from)).toEqual([encodeNumber(1, 1), encodeNumber(1, 2)].map((one) => Buffer.from(one)));
    stream.cancel();
  });
});
