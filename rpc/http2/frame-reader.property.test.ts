import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ConnectionError, connectionPreface, frameBytesMax, frameKind } from "./frame.ts";
import { FrameReader } from "./frame-reader.ts";
import { OutputBuffer } from "./output-buffer.ts";

const frame = fc.record({
  type: fc.integer({ min: 0, max: 255 }),
  flags: fc.integer({ min: 0, max: 255 }),
  streamId: fc.integer({ min: 0, max: 0x7fffffff }),
  payload: fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.constant(new Uint8Array(16_384).fill(65))),
});

test("frames come out the same however the bytes were cut", () => {
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 8 }), fc.array(fc.integer({ min: 1, max: 9_000 })), (frames, cuts) => {
      const out = new OutputBuffer();
      out.bytes(connectionPreface);
      for (const one of frames) {
        out.frameHeader(one.payload.length, frameKind(one.type, one.flags), one.streamId);
        out.bytes(one.payload);
      }
      const bytes = Buffer.from(out.take());
      const got: unknown[] = [];
      const reader = new FrameReader({
        expectsPreface: true,
        payloadBytesMax: frameBytesMax,
        onFrame: ({ type, flags, streamId, source, start, end }) => {
          got.push({ type, flags, streamId, payload: source.toString("latin1", start, end) });
        },
      });
      let at = 0;
      for (const cut of [...cuts, bytes.length]) {
        if (at < bytes.length) reader.push(bytes.subarray(at, (at += cut)));
      }
      expect(got).toEqual(frames.map((one) => ({ ...one, payload: Buffer.from(one.payload).toString("latin1") })));
    }),
  );
});

test.each([
  ["a preface of another protocol", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
  ["a frame above the limit", Buffer.concat([connectionPreface, Buffer.from([0, 0x40, 1, 0, 0, 0, 0, 0, 1])])],
])("%s ends the connection", (_, bytes) => {
  const reader = new FrameReader({ expectsPreface: true, payloadBytesMax: frameBytesMax, onFrame: () => {} });
  expect(() => reader.push(bytes)).toThrow(ConnectionError);
});
