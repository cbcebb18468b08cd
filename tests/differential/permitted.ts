/**
 * Where a server may differ from the recording. Never a code, a status detail or an order of events.
 * `where` is matched against the path of the difference inside an entry: `reply.history.events.3.version`.
 */

export interface PermittedDifference {
  where: RegExp;
  /** Only for these methods. */
  calls?: readonly string[];
  why: string;
  /** Default: any two values, present or not. */
  when?(recorded: unknown, actual: unknown): boolean;
}

const tooLargeForTransport = /^grpc: received message larger than max \(\d+ vs\. 4194304\)$/;

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
    where: /\.(pollerScalingDecision|pollerGroupInfos|pollerGroupsInfo|pollerGroupId|backlogCountHint)(\.|$)/,
    why: "Hints to pollers about a partitioned task queue.",
  },
  {
    where: /^error\.message$/,
    why: "A request that carries a task token is as large as the token, and tokens are opaque.",
    when: (recorded, actual) => [recorded, actual].every((text) => tooLargeForTransport.test(String(text))),
  },
];

export function isPermitted(difference: { call: string; path: string; recorded: unknown; actual: unknown }): boolean {
  return permittedDifferences.some(({ where, calls, when }) => {
    if (!where.test(difference.path)) return false;
    if (calls !== undefined && !calls.includes(difference.call)) return false;
    return when === undefined || when(difference.recorded, difference.actual);
  });
}
