import {
  ConnectionError,
  errorCodes,
  frameBytesMax,
  settingIds,
  windowBytesDefault,
  windowBytesLimit,
} from "./frame.ts";

/** What one side of a connection has declared (RFC 9113 §6.5.2). */
export interface Settings {
  headerTableBytes: number;
  maxConcurrentStreams: number;
  initialWindowBytes: number;
  maxFrameBytes: number;
  maxHeaderListBytes: number;
}

export function defaultSettings(): Settings {
  return {
    headerTableBytes: 4_096,
    maxConcurrentStreams: Number.POSITIVE_INFINITY,
    initialWindowBytes: windowBytesDefault,
    maxFrameBytes: frameBytesMax,
    maxHeaderListBytes: Number.POSITIVE_INFINITY,
  };
}

/** Applies the payload of a SETTINGS frame in its order. Unknown settings are ignored, as they must be. */
export function applySettings(settings: Settings, payload: Buffer, isFromServer: boolean): void {
  if (payload.length % 6 !== 0) throw new ConnectionError(errorCodes.frameSizeError, "SETTINGS of a broken length");
  for (let at = 0; at < payload.length; at += 6) {
    const value = payload.readUInt32BE(at + 2);
    switch (payload.readUInt16BE(at)) {
      case settingIds.headerTableSize:
        settings.headerTableBytes = value;
        break;
      case settingIds.enablePush:
        if (value > 1 || (isFromServer && value === 1)) throw invalid("ENABLE_PUSH", value);
        break;
      case settingIds.maxConcurrentStreams:
        settings.maxConcurrentStreams = value;
        break;
      case settingIds.initialWindowSize:
        if (value > windowBytesLimit) {
          throw new ConnectionError(errorCodes.flowControlError, `INITIAL_WINDOW_SIZE of ${value}`);
        }
        settings.initialWindowBytes = value;
        break;
      case settingIds.maxFrameSize:
        if (value < frameBytesMax || value > 16_777_215) throw invalid("MAX_FRAME_SIZE", value);
        settings.maxFrameBytes = value;
        break;
      case settingIds.maxHeaderListSize:
        settings.maxHeaderListBytes = value;
        break;
    }
  }
}

export function encodeSettings(values: ReadonlyArray<readonly [id: number, value: number]>): Buffer {
  const payload = Buffer.alloc(values.length * 6);
  values.forEach(([id, value], index) => {
    payload.writeUInt16BE(id, index * 6);
    payload.writeUInt32BE(value, index * 6 + 2);
  });
  return payload;
}

function invalid(name: string, value: number): ConnectionError {
  return new ConnectionError(errorCodes.protocolError, `${name} of ${value}`);
}
