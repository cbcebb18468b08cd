import { expect, test } from "vitest";
import {
  DefaultPayloadConverterWithProtobufs,
  patchProtobufRoot,
  ProtobufBinaryPayloadConverter,
  ProtobufJsonPayloadConverter,
} from "./protobuf-payload-converter.ts";
import { decode, encode } from "./utf8.ts";

/** A message class in the form of protobufjs's static modules. */
class Greeting {
  text = "";

  static encode(message: Greeting): { finish(): Uint8Array } {
    return { finish: () => encode(message.text) };
  }

  static decode(bytes: Uint8Array): Greeting {
    return Greeting.fromObject({ text: decode(bytes) });
  }

  static toObject({ text }: Greeting): object {
    return { text };
  }

  static fromObject({ text }: { text: string }): Greeting {
    return Object.assign(new Greeting(), { text });
  }
}

const TYPE = "acme.hello.Greeting";
const module: Record<string, unknown> = { acme: { hello: { Greeting } } };
// Generated namespaces refer to each other.
(module["acme"] as Record<string, unknown>)["self"] = module["acme"];
const protobufRoot = patchProtobufRoot(module);
const message = Greeting.fromObject({ text: "hi" });

test.each([
  ["binary", new ProtobufBinaryPayloadConverter(protobufRoot), "binary/protobuf", "hi"],
  ["JSON", new ProtobufJsonPayloadConverter(protobufRoot), "json/protobuf", '{"text":"hi"}'],
])("a message becomes a %s payload and comes back", (_form, converter, encoding, data) => {
  const payload = converter.toPayload(message);
  expect(decode(payload?.metadata?.["encoding"] as Uint8Array)).toBe(encoding);
  expect(decode(payload?.metadata?.["messageType"] as Uint8Array)).toBe(TYPE);
  expect(decode(payload?.data as Uint8Array)).toBe(data);
  expect(converter.fromPayload(payload as never)).toEqual(message);
});

test("messages become JSON payloads by default, and other values are left to the other converters", () => {
  const converter = new DefaultPayloadConverterWithProtobufs({ protobufRoot: { ...protobufRoot } });
  const encodingOf = (value: unknown) => decode(converter.toPayload(value).metadata?.["encoding"] as Uint8Array);
  expect([message, { a: 1 }, undefined, new Uint8Array(1)].map(encodingOf)).toEqual([
    "json/protobuf",
    "json/plain",
    "binary/null",
    "binary/plain",
  ]);
});

test("a payload of a type that the root does not have says which", () => {
  const converter = new ProtobufBinaryPayloadConverter(patchProtobufRoot({}));
  const payload = new ProtobufBinaryPayloadConverter(protobufRoot).toPayload(message);
  expect(() => converter.fromPayload(payload as never)).toThrow(TYPE);
});

test("something else than a root is refused", () => {
  expect(() => new ProtobufBinaryPayloadConverter({})).toThrow(/instance of a protobufjs Root/);
});
