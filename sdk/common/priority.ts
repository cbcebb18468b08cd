/** The order in which tasks of a backlog are given out. What is not set is inherited from the calling workflow. */
export interface Priority {
  /** From 1, the highest, to a maximum of the server (default 5). Default: the middle. */
  priorityKey?: number;
  /** Tasks of each key get a share of the throughput by the key's weight; at most 64 bytes. */
  fairnessKey?: string;
  /** From 0.001 to 1000; default 1. */
  fairnessWeight?: number;
}

interface ProtoPriority {
  priorityKey?: number | null;
  fairnessKey?: string | null;
  fairnessWeight?: number | null;
}

/** From the message to the options. */
export function decodePriority(priority?: ProtoPriority | null): Priority {
  return {
    priorityKey: priority?.priorityKey ?? undefined,
    fairnessKey: priority?.fairnessKey ?? undefined,
    fairnessWeight: priority?.fairnessWeight ?? undefined,
  };
}

/** @throws TypeError or RangeError when the priority key is no positive integer. */
export function compilePriority(priority: Priority): {
  priorityKey: number;
  fairnessKey: string;
  fairnessWeight: number;
} {
  const { priorityKey } = priority;
  if (priorityKey !== undefined && priorityKey !== null) {
    if (!Number.isInteger(priorityKey)) throw new TypeError("priorityKey must be an integer");
    if (priorityKey < 0) throw new RangeError("priorityKey must be a positive integer");
  }
  return {
    priorityKey: priorityKey ?? 0,
    fairnessKey: priority.fairnessKey ?? "",
    fairnessWeight: priority.fairnessWeight ?? 0,
  };
}
