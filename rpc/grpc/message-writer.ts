import { frameFlags, frameKind, frameTypes } from "../http2/frame.ts";
import { outputWatermarkBytes } from "../http2/send-scheduler.ts";
import type { Http2Stream } from "../http2/stream.ts";
import { frameMessage, messagePrefixBytes } from "./message-reader.ts";

/**
 * Sends one gRPC message on a stream: straight into the connection's output when both windows, the frame size and the
 * socket allow it, and through the scheduler otherwise.
 */
export function sendMessage(
  stream: Http2Stream,
  message: Uint8Array,
  { isCompressed, endStream }: { isCompressed: boolean; endStream: boolean },
): void {
  const { connection } = stream;
  const bytes = message.length + messagePrefixBytes;
  if (!canSendAtOnce(stream, bytes)) {
    connection.sendBody(stream, { body: frameMessage(message, isCompressed), endStream });
    return;
  }
  const { out } = connection;
  out.frameHeader(bytes, frameKind(frameTypes.data, endStream ? frameFlags.endStream : 0), stream.id);
  out.reserve(bytes);
  const { buffer, length: at } = out;
  buffer[at] = isCompressed ? 1 : 0;
  buffer[at + 1] = message.length >>> 24;
  buffer[at + 2] = message.length >>> 16;
  buffer[at + 3] = message.length >>> 8;
  buffer[at + 4] = message.length;
  buffer.set(message, at + messagePrefixBytes);
  out.length = at + bytes;
  stream.sendWindow -= bytes;
  connection.sendWindow -= bytes;
  connection.hasTrafficSincePing = true;
  if (endStream) connection.closeLocal(stream);
  connection.wantFlush();
}

function canSendAtOnce(stream: Http2Stream, bytes: number): boolean {
  const { connection } = stream;
  return (
    bytes <= stream.sendWindow &&
    bytes <= connection.sendWindow &&
    bytes <= connection.peer.maxFrameBytes &&
    stream.pending === undefined &&
    connection.scheduler.isIdle &&
    connection.out.length < outputWatermarkBytes &&
    !connection.socket.writableNeedDrain
  );
}
