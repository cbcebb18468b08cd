import { describe, expect, test } from "vitest";
import { HpackDecoder, HpackError } from "./decoder.ts";
import { HpackEncoder, type OutgoingField } from "./encoder.ts";
import { OutputBuffer } from "../http2/output-buffer.ts";

function decoder(): HpackDecoder {
  return new HpackDecoder({ tableBytesMax: 4_096, listBytesMax: 10_000 });
}

function decode(one: HpackDecoder, hex: string): string[] {
  const block = Buffer.from(hex.replace(/\s/g, ""), "hex");
  return one.decode(block, 0, block.length).fields.map((field) => `${field.name}: ${field.value}`);
}

function encode(one: HpackEncoder, fields: readonly OutgoingField[]): Buffer {
  const out = new OutputBuffer();
  one.begin(out);
  for (const field of fields) one.field(out, field);
  return Buffer.from(out.take());
}

const indexed = (name: string, value: string): OutgoingField => ({ name, value, indexing: "indexed" });
const literal = (name: string, value: string): OutgoingField => ({ name, value, indexing: "literal" });

describe("the examples of RFC 7541, appendix C", () => {
  test("C.3 and C.4: three requests on one connection, plain and in Huffman code", () => {
    const requests = [
      [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"],
      [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com", "cache-control: no-cache"],
      [
        ":method: GET",
        ":scheme: https",
        ":path: /index.html",
        ":authority: www.example.com",
        "custom-key: custom-value",
      ],
    ];
    const plain = decoder();
    expect(decode(plain, "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d")).toEqual(requests[0]);
    expect(decode(plain, "8286 84be 5808 6e6f 2d63 6163 6865")).toEqual(requests[1]);
    expect(decode(plain, "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65")).toEqual(
      requests[2],
    );
    const huffman = decoder();
    expect(decode(huffman, "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff")).toEqual(requests[0]);
    expect(decode(huffman, "8286 84be 5886 a8eb 1064 9cbf")).toEqual(requests[1]);
    expect(decode(huffman, "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf")).toEqual(requests[2]);
  });

  test("C.6: responses that evict from a table of 256 bytes", () => {
    const one = new HpackDecoder({ tableBytesMax: 256, listBytesMax: 10_000 });
    decode(
      one,
      "4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3",
    );
    expect(decode(one, "4883 640e ffc1 c0bf")).toEqual([
      ":status: 307",
      "cache-control: private",
      "date: Mon, 21 Oct 2013 20:13:21 GMT",
      "location: https://www.example.com",
    ]);
  });
});

describe("the decoder", () => {
  test.each([
    ["index 0", "80"],
    ["an index beyond both tables", "be"],
    ["an integer without an end", "ffffffffffffffff"],
    ["a string longer than the block", "400a6162"],
    ["a block that ends within a name", "40"],
    ["a block that ends within a value", "400161"],
    ["a size update above the limit", "3fe2ff01"],
    ["a size update behind a field", "8220"],
    ["Huffman padding of a whole byte", "4082ffff0161"],
    ["Huffman padding of zeros", "40811801 61"],
    ["the end-of-string code", "4084ffffffff0161"],
  ])("refuses %s", (_, hex) => {
    expect(() => decode(decoder(), hex)).toThrow(HpackError);
  });

  test("recognises a block by its bytes until the table changes", () => {
    const one = decoder();
    const read = (hex: string) => one.decode(Buffer.from(hex, "hex"), 0, hex.length / 2);
    const first = read("8286");
    expect(read("8286")).toBe(first);
    read("400161016 2".replace(" ", ""));
    expect(read("8286")).not.toBe(first);
    // The same bytes mean something else once the table has moved.
    expect(read("be").fields[0]).toMatchObject({ name: "a", value: "b" });
    read("400163016 4".replace(" ", ""));
    expect(read("be").fields[0]).toMatchObject({ name: "c", value: "d" });
  });

  test("drops what exceeds the list limit and keeps the table right", () => {
    const one = new HpackDecoder({ tableBytesMax: 4_096, listBytesMax: 100 });
    const block = Buffer.from(`${"400161016 2".replace(" ", "")}bebebebe`, "hex");
    const decoded = one.decode(block, 0, block.length);
    expect(decoded.isTooLarge).toBe(true);
    expect(decoded.fields).toHaveLength(2);
    expect(decode(one, "be")).toEqual(["a: b"]);
  });
});

describe("the encoder", () => {
  test("sends an indexed field in one byte from the second time on", () => {
    const one = new HpackEncoder({ tableBytesMax: 4_096 });
    expect(encode(one, [indexed("grpc-status", "0")]).length).toBeGreaterThan(1);
    expect(encode(one, [indexed("grpc-status", "0")])).toEqual(Buffer.from([0xbe]));
  });

  test("leaves the table alone for a literal", () => {
    const one = new HpackEncoder({ tableBytesMax: 4_096 });
    const before = one.version;
    expect(encode(one, [literal("grpc-timeout", "10S")])).toEqual(encode(one, [literal("grpc-timeout", "10S")]));
    expect(one.version).toBe(before);
  });

  test("announces the least and the last size the peer has asked for", () => {
    const one = new HpackEncoder({ tableBytesMax: 4_096 });
    encode(one, [indexed("a", "b")]);
    one.limitTable(0);
    one.limitTable(1_000);
    const peer = decoder();
    const block = encode(one, [indexed("a", "b")]);
    expect(block.subarray(0, 1)).toEqual(Buffer.from([0x20]));
    expect(decode(peer, block.toString("hex"))).toEqual(["a: b"]);
    expect(decode(peer, encode(one, [indexed("a", "b")]).toString("hex"))).toEqual(["a: b"]);
  });

  test("works without any table", () => {
    const one = new HpackEncoder({ tableBytesMax: 4_096 });
    one.limitTable(0);
    const peer = decoder();
    for (let round = 0; round < 3; round++) {
      expect(decode(peer, encode(one, [indexed("a", "b"), literal("c", "d")]).toString("hex"))).toEqual([
        "a: b",
        "c: d",
      ]);
    }
  });
});

test("blocks that never repeat are soon no longer kept, and still decode", () => {
  const one = decoder();
  const encoder = new HpackEncoder({ tableBytesMax: 4_096 });
  const blocks = Array.from({ length: 300 }, (_, index) => encode(encoder, [literal("grpc-timeout", `${index}m`)]));
  blocks.forEach((block, index) => {
    expect(one.decode(block, 0, block.length).fields[0]?.value).toBe(`${index}m`);
  });
  const last = blocks.at(-1)!;
  expect(one.decode(last, 0, last.length)).not.toBe(one.decode(last, 0, last.length));
});
