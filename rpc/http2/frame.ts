/** The vocabulary of HTTP/2 frames (RFC 9113 §4, §6, §7, §11). */

export const frameTypes = {
  data: 0,
  headers: 1,
  priority: 2,
  resetStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const frameFlags = {
  endStream: 0x1,
  ack: 0x1,
  endHeaders: 0x4,
  padded: 0x8,
  priority: 0x20,
} as const;

/** A frame's type and flags in one number, as its header has them side by side. */
export function frameKind(type: number, flags: number): number {
  return (type << 8) | flags;
}

export const errorCodes = {
  noError: 0,
  protocolError: 1,
  internalError: 2,
  flowControlError: 3,
  settingsTimeout: 4,
  streamClosed: 5,
  frameSizeError: 6,
  refusedStream: 7,
  cancel: 8,
  compressionError: 9,
  connectError: 10,
  enhanceYourCalm: 11,
  inadequateSecurity: 12,
  http11Required: 13,
} as const;

/** No code of the protocol: what streams are told when their connection is gone. */
export const connectionLost = -1;

export type ErrorCode = (typeof errorCodes)[keyof typeof errorCodes];

export const settingIds = {
  headerTableSize: 1,
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6,
} as const;

export const frameHeaderBytes = 9;
export const connectionPreface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");
/** Both the default and what we keep for ourselves: larger frames would only delay small calls behind big ones. */
export const frameBytesMax = 16_384;
export const windowBytesDefault = 65_535;
export const windowBytesLimit = 2_147_483_647;
export const streamIdMax = 2_147_483_647;

/** A violation that ends the connection (RFC 9113 §5.4.1). */
export class ConnectionError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
