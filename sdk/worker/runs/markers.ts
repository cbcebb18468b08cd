/** The markers that official SDKs and we write: patches and the ends of local activities. The form is the same. */
import { duration, durationMs } from "../../../api/duration.ts";
import { timestamp } from "../../../api/timestamp.ts";
import { MarkerRecordedEventAttributes } from "../../../api/gen/messages.js";
import type { RecordMarkerCommandAttributes } from "../../../api/gen/messages.js";
import type { Input } from "../../../api/codec.ts";
import { optionalFailureFromBytes, optionalFailureToBytes } from "../../common/host/wire-failure.ts";
import { payloadsToBytes } from "../../common/host/wire-payloads.ts";
import type { Payload, ProtoDuration, ProtoFailure } from "../../common/payload.ts";
import type { HistoryEvent } from "./history-event.ts";
import type { LocalActivity } from "./machines/local-activity.ts";
import type { SetPatchMarker } from "./machines/patch.ts";
import { onlyPayload, wireResult } from "./wire.ts";

const PATCH = "core_patch";
const LOCAL_ACTIVITY = "core_local_activity";

export interface PatchMarker {
  readonly kind: "patch";
  readonly patchId: string;
  readonly deprecated: boolean;
}

export interface LocalActivityMarker {
  readonly kind: "localActivity";
  readonly seq: number;
  readonly attempt: number;
  readonly activityId: string;
  readonly activityType: string;
  readonly completeTimeMs: number | undefined;
  readonly backoffMs: number | undefined;
  readonly originalScheduleTimeMs: number | undefined;
  readonly result: Payload | undefined;
  readonly failure: ProtoFailure | undefined;
}

/** A marker of another SDK, which nothing here can be matched with. */
interface OtherMarker {
  readonly kind: "other";
  readonly name: string;
}

export type Marker = PatchMarker | LocalActivityMarker | OtherMarker;

/** The fields of the marker's payload, as the official SDKs name them. */
interface LocalActivityData {
  readonly seq: number;
  readonly attempt: number;
  readonly activity_id: string;
  readonly activity_type: string;
  readonly complete_time: ProtoDuration | null;
  readonly backoff: ProtoDuration | null;
  readonly original_schedule_time: ProtoDuration | null;
}

export function readMarker(event: HistoryEvent): Marker {
  const { markerName, details, failure } = event.attributes(MarkerRecordedEventAttributes);
  if (markerName === PATCH) {
    const { id, deprecated } = json<{ id: string; deprecated: boolean }>(details["patch-data"]);
    return { kind: "patch", patchId: id, deprecated };
  }
  if (markerName !== LOCAL_ACTIVITY) return { kind: "other", name: markerName };
  const data = json<LocalActivityData>(details["data"]);
  return {
    kind: "localActivity",
    seq: data.seq,
    attempt: data.attempt,
    activityId: data.activity_id,
    activityType: data.activity_type,
    completeTimeMs: timeMs(data.complete_time),
    backoffMs: data.backoff === null ? undefined : durationMs(data.backoff),
    originalScheduleTimeMs: timeMs(data.original_schedule_time),
    result: onlyPayload(details["result"]),
    failure: optionalFailureFromBytes(failure),
  };
}

export function patchMarker({ patchId, deprecated }: SetPatchMarker): Input<RecordMarkerCommandAttributes> {
  return { markerName: PATCH, details: { "patch-data": jsonPayloads({ id: patchId, deprecated }) } };
}

export function localActivityMarker({ command, end, askedAtMs }: LocalActivity): Input<RecordMarkerCommandAttributes> {
  const data: LocalActivityData = {
    seq: command.seq,
    attempt: end?.attempt ?? command.attempt,
    activity_id: command.activityId,
    activity_type: command.activityType,
    complete_time: end?.completeTimeMs === undefined ? null : timestamp(end.completeTimeMs),
    backoff: end?.backoffMs === undefined ? null : duration(end.backoffMs),
    original_schedule_time: timestamp(end?.originalScheduleTimeMs ?? askedAtMs),
  };
  const result = wireResult(end?.result);
  return {
    markerName: LOCAL_ACTIVITY,
    details: { data: jsonPayloads(data), ...(result === undefined ? {} : { result }) },
    failure: optionalFailureToBytes(end?.failure),
  };
}

function timeMs(value: ProtoDuration | null): number | undefined {
  return value === null ? undefined : value.seconds * 1000 + value.nanos / 1e6;
}

function json<T>(bytes: Uint8Array | undefined): T {
  return JSON.parse(new TextDecoder().decode(onlyPayload(bytes)?.data ?? undefined)) as T;
}

function jsonPayloads(value: object): Uint8Array {
  const data = new TextEncoder().encode(JSON.stringify(value));
  return payloadsToBytes([{ metadata: { encoding: JSON_PLAIN }, data }]) as Uint8Array;
}

const JSON_PLAIN = new TextEncoder().encode("json/plain");
