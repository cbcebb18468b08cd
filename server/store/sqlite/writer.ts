/** Where the writer runs: both ways have the same verbs, so the store does not know which one it has. */
import type { CommitRequest, CommitResult, LaneOpen, LaneOpened } from "../store.ts";

export interface Writer {
  openLane(open: LaneOpen): Promise<LaneOpened>;
  /** Reads the request's bytes before it returns. */
  commit(request: CommitRequest): Promise<CommitResult>;
  lastBatch(lane: number, epoch: number): Promise<number>;
  /** Returns some free pages to the file system; true when many are left. */
  giveBackSpace(): Promise<boolean>;
  close(): Promise<void>;
}
