/** Something stored that contradicts something else that is stored. */
export interface Finding {
  readonly kind: FindingKind;
  /** The run, lane or registry entry that is affected, for people. */
  readonly affected: string;
  /** What is wrong with it, in one sentence. */
  readonly problem: string;
}

export const FINDING_KINDS = [
  "database",
  "damaged-bytes",
  "lane",
  "registry",
  "metering",
  "missing-entity",
  "missing-visibility",
  "wrong-slot",
  "id-not-allocated",
  "unknown-namespace",
  "unreadable-state",
  "unreadable-part",
  "misplaced-part",
  "unreadable-history",
  "history-gap",
  "history-branch",
  "history-ids",
  "history-length",
  "history-size",
  "history-start",
  "history-end",
  "dangling-reference",
  "pending-count",
  "outbox",
  "lost-child",
  "due-time",
  "visibility",
  "current-run",
] as const;

export type FindingKind = (typeof FINDING_KINDS)[number];
