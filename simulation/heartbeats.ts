/** One heartbeat that was sent, perhaps several times; `ackedAt` is infinite until its sender hears that it was taken. */
export interface Heartbeat {
  readonly attempt: number;
  readonly details: number;
  readonly sentAt: number;
  ackedAt: number;
}

/** What stands in the place of details when there are none. */
export const NO_DETAILS = 0;

/**
 * The heartbeats of one activity, whoever sent them: two workers may hold the same attempt, when the first one's start was
 * lost with the memory of the process or of its lane. What the server took last is what the next attempt is told.
 */
export class Heartbeats {
  readonly #sent: Heartbeat[] = [];

  send(beat: Pick<Heartbeat, "attempt" | "details" | "sentAt">): Heartbeat {
    const sent = { ...beat, ackedAt: Number.POSITIVE_INFINITY };
    this.#sent.push(sent);
    return sent;
  }

  /** Whether this attempt may be told these details: the heartbeat exists, and no acknowledged one surely came after it. */
  mayTell(attempt: number, details: number): boolean {
    const acknowledged = this.#sent.filter(
      (beat) => beat.attempt < attempt && beat.ackedAt !== Number.POSITIVE_INFINITY,
    );
    if (details === NO_DETAILS && acknowledged.length === 0) return true;
    return this.#sent.some(
      (beat) =>
        beat.details === details &&
        beat.attempt <= attempt &&
        !acknowledged.some((later) => isSurelyLater(later, beat)),
    );
  }

  toString(): string {
    return this.#sent
      .map(({ attempt, details, sentAt, ackedAt }) => `${details} of attempt ${attempt} (${sentAt} to ${ackedAt})`)
      .join(", ");
  }
}

/** Attempts come one after the other; of one attempt, what was sent after the other was acknowledged. */
function isSurelyLater(one: Heartbeat, other: Heartbeat): boolean {
  return one.attempt === other.attempt ? one.sentAt > other.ackedAt : one.attempt > other.attempt;
}
