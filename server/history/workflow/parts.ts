import {
  ActivityPart,
  BufferedPart,
  ChildPart,
  ExternalPart,
  RequestIdPart,
  StartPart,
  TimerPart,
  UpdatePart,
} from "../gen/messages.js";
import type { Codec } from "../kernel/index.ts";

/** Keys of a run's parts: a letter that tells the codec, then what identifies the part within its letter. */
export const partKey = {
  activity: (scheduledEventId: number): string => `a:${scheduledEventId}`,
  timer: (timerId: string): string => `t:${timerId}`,
  child: (initiatedEventId: number): string => `c:${initiatedEventId}`,
  externalSignal: (initiatedEventId: number): string => `s:${initiatedEventId}`,
  externalCancel: (initiatedEventId: number): string => `x:${initiatedEventId}`,
  buffered: (sequence: number): string => `b:${sequence}`,
  requestId: (requestId: string): string => `r:${requestId}`,
  update: (updateId: string): string => `u:${updateId}`,
  start: "i:",
};

export const partPrefix = {
  activity: "a:",
  timer: "t:",
  child: "c:",
  externalSignal: "s:",
  externalCancel: "x:",
  buffered: "b:",
  requestId: "r:",
  update: "u:",
} as const;

const CODECS: Readonly<Record<string, Codec<unknown>>> = {
  [partPrefix.activity]: ActivityPart as Codec<unknown>,
  [partPrefix.timer]: TimerPart as Codec<unknown>,
  [partPrefix.child]: ChildPart as Codec<unknown>,
  [partPrefix.externalSignal]: ExternalPart as Codec<unknown>,
  [partPrefix.externalCancel]: ExternalPart as Codec<unknown>,
  [partPrefix.buffered]: BufferedPart as Codec<unknown>,
  [partPrefix.requestId]: RequestIdPart as Codec<unknown>,
  [partPrefix.update]: UpdatePart as Codec<unknown>,
  [partKey.start]: StartPart as Codec<unknown>,
};

export function partCodec(key: string): Codec<unknown> {
  const codec = CODECS[key.slice(0, 2)];
  if (codec === undefined) throw new Error(`part ${key} is of no known sort`);
  return codec;
}
