/** Where a run can be reset to by the version of its worker: the first task that each version completed. */
import type { Input } from "../../../api/codec.ts";
import type { ResetPoints } from "../../../api/gen/messages.js";
import { optionalTimestamp, timestamp } from "../../../api/timestamp.ts";
import { ResetPoint } from "../gen/messages.js";
import type { Run } from "./run.ts";

const POINTS_MAX = 20;
const EMPTY: ResetPoint = ResetPoint.decode(new Uint8Array(0));

interface CompletedTask {
  readonly eventId: number;
  readonly completedAt: number;
  readonly buildId: string;
  readonly binaryChecksum: string;
}

export function addResetPoint(run: Run, { eventId, completedAt, buildId, binaryChecksum }: CompletedTask): void {
  const { resetPoints } = run.state;
  if (resetPoints.some((point) => point.buildId === buildId && point.binaryChecksum === binaryChecksum)) return;
  const point = { ...EMPTY, buildId, binaryChecksum, completedEventId: eventId, createdAt: completedAt };
  const hasChildren = run.state.pendingChildCount > 0;
  run.state.resetPoints = [...resetPoints, { ...point, hasChildren }].slice(-POINTS_MAX);
}

/** Another run goes on in this one's place, which closes: answers what that one inherits. */
export function passResetPoints(run: Run): ResetPoint[] {
  const { state, runId, now } = run;
  const retentionMs = run.env.namespaces.byNumber(run.namespaceNumber)?.retentionMs ?? 0;
  state.resetPoints = state.resetPoints.map((point) => ({ ...point, expiresAt: point.expiresAt || now + retentionMs }));
  return state.resetPoints.map((point) => ({ ...point, runId: point.runId || runId }));
}

export function toldResetPoints(points: readonly ResetPoint[], runId: string): Input<ResetPoints> {
  return {
    points: points.map((point) => ({
      buildId: point.buildId,
      binaryChecksum: point.binaryChecksum,
      runId: point.runId || runId,
      firstWorkflowTaskCompletedId: point.completedEventId,
      createTime: timestamp(point.createdAt),
      expireTime: optionalTimestamp(point.expiresAt),
      resettable: !point.hasChildren,
    })),
  };
}
