import {
  ActivityPart,
  BufferedPart,
  CallbackPart,
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
  callback: (number: number): string => `k:${number}`,
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
  callback: "k:",
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
  [partPrefix.callback]: CallbackPart as Codec<unknown>,
  [partKey.start]: StartPart as Codec<unknown>,
};

export function partCodec(key: string): Codec<unknown> {
  const codec = CODECS[key.slice(0, 2)];
  if (codec === undefined) throw new Error(`part ${key} is of no known sort`);
  return codec;
}

/** What a part costs beside its texts. */
const PART_BYTES = 100;

/**
 * About the bytes of a part, for the limit on a run's state. Inputs and headers do not count: Temporal has them in the
 * history alone, and a limit that is the same in name should be met by the same workflows.
 */
export function partWeight(key: string, part: unknown): number {
  switch (key.slice(0, 2)) {
    case partPrefix.activity: {
      const { rawHeartbeatDetails, rawLastFailure, activityId } = part as ActivityPart;
      return PART_BYTES + rawHeartbeatDetails.length + rawLastFailure.length + activityId.length;
    }
    case partPrefix.buffered:
      return PART_BYTES + (part as BufferedPart).rawEvent.length;
    case partPrefix.timer:
    case partPrefix.requestId:
    case partPrefix.update:
      return PART_BYTES + key.length;
    case partPrefix.child:
    case partPrefix.externalSignal:
    case partPrefix.externalCancel:
      return PART_BYTES + (part as ChildPart | ExternalPart).workflowId.length;
    default:
      return 0;
  }
}
