/** Reads the shim's log, see shim.c. */
import { assert } from "../../../base/index.ts";

const OPS = ["", "write", "truncate", "sync", "create", "unlink", "syncFolder"] as const;

export interface LoggedCall {
  readonly op: "write" | "truncate" | "sync" | "create" | "unlink" | "syncFolder";
  readonly file: string;
  readonly offset: number;
  readonly data: Uint8Array;
}

const HEADER_BYTES = 20;

export function* readLog(log: Buffer): Generator<LoggedCall> {
  for (let at = 0; at < log.length;) {
    const op = OPS[log.readUInt32LE(at)];
    assert(op !== undefined && op !== "", `the log is damaged at ${at}`);
    const pathBytes = log.readUInt32LE(at + 4);
    const dataBytes = log.readUInt32LE(at + 8);
    const offset = Number(log.readBigUInt64LE(at + 12));
    const pathAt = at + HEADER_BYTES;
    const path = log.toString("utf8", pathAt, pathAt + pathBytes);
    const data = log.subarray(pathAt + pathBytes, pathAt + pathBytes + dataBytes);
    yield { op, file: path.slice(path.lastIndexOf("/") + 1), offset, data };
    at = pathAt + pathBytes + dataBytes;
  }
}
