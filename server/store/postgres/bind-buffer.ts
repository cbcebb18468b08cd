/**
 * Parameters of a large statement go out of one buffer per session, used again and again. The driver makes a new one for each
 * statement, by growing, and V8 counts that memory as a reason to mark the whole heap: a third of what a workflow cost.
 */
import type { Client } from "pg";

interface Bind {
  readonly portal?: string;
  readonly statement?: string;
  readonly binary?: boolean;
  readonly values?: readonly unknown[];
  readonly valueMapper: (value: unknown, index: number) => Buffer | string | null | undefined;
}

interface DriverConnection {
  bind(bind: Bind): void;
  readonly stream: { readonly writable: boolean; write(bytes: Buffer): void };
}

const LARGE_BYTES = 8 * 1024;
/** What is larger is rare and gets memory of its own. */
const BUFFER_BYTES_MAX = 4 * 1024 * 1024;

/** The session's statements go out one after the other, each when the one before is answered: nobody reads the buffer then. */
export function reuseBindBuffer(client: Client): void {
  const { connection } = client as unknown as { connection: DriverConnection };
  const driversOwn = connection.bind.bind(connection);
  let buffer = Buffer.alloc(0);
  connection.bind = (bind) => {
    const bytes = bytesOf(bind);
    if (bytes === undefined || bytes < LARGE_BYTES || bytes > BUFFER_BYTES_MAX) {
      driversOwn(bind);
      return;
    }
    if (bytes > buffer.length) buffer = Buffer.allocUnsafeSlow(Math.min(BUFFER_BYTES_MAX, bytes * 2));
    const message = writeBind(buffer, bind);
    if (connection.stream.writable) connection.stream.write(message);
  };
}

/** undefined: it holds values of other kinds than batches have. */
function bytesOf({ portal = "", statement = "", values = [], binary }: Bind): number | undefined {
  if (portal !== "" || binary === true) return undefined;
  let bytes = 1 + 4 + 1 + statement.length * 3 + 1 + 2 + 2 + 2 + 2;
  for (const value of values) {
    if (value instanceof Buffer) bytes += 6 + value.length;
    else if (typeof value === "number") bytes += 6 + NUMBER_BYTES_MAX;
    else return undefined;
  }
  return bytes;
}

/** As text. */
const NUMBER_BYTES_MAX = 32;
const TEXT = 0;
const BINARY = 1;
const CODE = "B".charCodeAt(0);

/** The message as the protocol has it; results come as text. */
function writeBind(out: Buffer, { statement = "", values = [] }: Bind): Buffer {
  out[0] = CODE;
  let at = 5;
  out[at++] = 0;
  at += out.write(statement, at, "utf8");
  out[at++] = 0;
  at = out.writeInt16BE(values.length, at);
  for (const value of values) at = out.writeInt16BE(value instanceof Buffer ? BINARY : TEXT, at);
  at = out.writeInt16BE(values.length, at);
  for (const value of values) {
    if (value instanceof Buffer) {
      at = out.writeInt32BE(value.length, at);
      at += value.copy(out, at);
    } else {
      const length = out.write(String(value), at + 4, "latin1");
      at = out.writeInt32BE(length, at) + length;
    }
  }
  at = out.writeInt16BE(1, at);
  at = out.writeInt16BE(TEXT, at);
  out.writeInt32BE(at - 1, 1);
  return out.subarray(0, at);
}
