/** Where the writer runs: both ways have the same verbs, so the store does not know which one it has. */
import type { CommitResult, LaneOpen, LaneOpened } from "../store.ts";
import type { EncodedBatch } from "./batch-codec.ts";

export interface Writer {
  openLane(open: LaneOpen): Promise<LaneOpened>;
  commit(batch: EncodedBatch): Promise<CommitResult>;
  lastBatch(lane: number, epoch: number): Promise<number>;
  close(): Promise<void>;
}
