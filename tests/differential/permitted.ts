/**
 * Where a server may differ from the recording. Never a code, a status detail or an order of events.
 * `where` is matched against the path of the difference inside an entry: `reply.history.events.3.version`.
 */
import { restOfASecond } from "./symbolic-names.ts";

export interface PermittedDifference {
  where: RegExp;
  why: string;
  /** Default: any two values, present or not. */
  when?(recorded: unknown, actual: unknown): boolean;
}

const undecodable = /^grpc: error unmarshalling request: /;

export const permittedDifferences: readonly PermittedDifference[] = [
  {
    where: /\.stateTransitionCount$/,
    why: "How many writes an execution took is a matter of how the server is built.",
  },
  {
    where: /\.(historySizeBytes|historySizeAtStart)$/,
    why: "The size of the stored form, which is not the wire form.",
  },
  {
    where: /\.firstWorkflowTaskBackoff$/,
    why: "A run that took less than a millisecond leaves a whole second until the next of its chain.",
    when: (recorded, actual) => recorded === restOfASecond && actual === "1s",
  },
  {
    where: /^error\.message$/,
    why: "What is wrong with bytes that are no message is told by a library in its own words.",
    when: (recorded, actual) => [recorded, actual].every((text) => undecodable.test(String(text))),
  },
];

export function isPermitted(difference: { path: string; recorded: unknown; actual: unknown }): boolean {
  return permittedDifferences.some(({ where, when }) => {
    if (!where.test(difference.path)) return false;
    return when === undefined || when(difference.recorded, difference.actual);
  });
}
