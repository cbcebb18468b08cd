import { requireRun } from "./current-run.ts";

/** What `setCurrentDetails` set last; empty at first. */
export function getCurrentDetails(): string {
  return requireRun("getCurrentDetails").currentDetails;
}

/** Text, in simple Markdown, that says how the workflow stands; shown by user interfaces, kept in no history. */
export function setCurrentDetails(details: string): void {
  requireRun("setCurrentDetails").currentDetails = details;
}
