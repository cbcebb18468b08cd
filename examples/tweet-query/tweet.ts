/** The words that the service, the workflow and the gateway share. */
export interface Tweet {
  readonly id: string;
  readonly text: string;
}

export interface SearchPage {
  readonly tweets: readonly Tweet[];
  /** The page after this one, if there is one. */
  readonly next?: number;
}

export interface Progress {
  /** Pages that are there: grows by one with each. */
  readonly pages: number;
  readonly tweets: readonly Tweet[];
  readonly isDone: boolean;
}

/** Spelled differently it is still the same query. */
export function workflowIdOf(query: string): string {
  return `tweets/${query.trim().toLowerCase().replaceAll(/\s+/g, " ")}`;
}
