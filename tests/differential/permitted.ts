/**
 * Where a server may differ from the recording. Never a code, a status detail or an order of events.
 * `where` is matched against the path of the difference inside an entry: `reply.history.events.3.version`.
 */
import { restOfASecond } from "./symbolic-names.ts";

export interface PermittedDifference {
  where: RegExp;
  why: string;
  /** Default: any two values, present or not. */
  when?(difference: Compared): boolean;
}

interface Compared {
  call: string;
  path: string;
  recorded: unknown;
  actual: unknown;
}

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
    where: /^(error\.message|reply\.history\.events\.\d+\.with\.details\.payloads\.0\.data)$/,
    why: "How many bytes a transaction has is told of each server's stored form.",
    when: ({ recorded, actual }) => withoutSize(recorded) === withoutSize(actual),
  },
  {
    where: /^reply\.taskQueueStatus\.(readLevel|ackLevel|taskIdBlock)$/,
    why: "Waiting tasks have no numbers of their own.",
    when: ({ actual }) => actual === undefined,
  },
  {
    where: /\.(tasksAddRate|tasksDispatchRate)$/,
    why: "Rates of the last half minute, which depend on when they are asked for.",
  },
  {
    where: /\.firstWorkflowTaskBackoff$/,
    why: "Runs of a chain begin a second apart: one that took longer leaves no rest of it, one without measurable length a whole.",
    when: ({ recorded, actual }) => recorded === restOfASecond && (actual === undefined || actual === "1s"),
  },
  {
    where: /\.autoResetPoints$/,
    why: "A list without points is left out once in a while.",
    when: ({ recorded, actual }) => recorded === undefined && isEmpty(actual),
  },
  {
    where: /\.indexedFields(\.(BuildIds|BinaryChecksums))?$/,
    why: "Worker versions are not served yet, so no build ids are indexed.",
    when: ({ path, recorded, actual }) =>
      path.endsWith("indexedFields") ? hasOnlyBuildIdsMore(recorded, actual) : actual === undefined,
  },
  {
    where: /^reply\.pending(WorkflowTask|Activities)(\.|$)/,
    why: "A closed run has nothing pending; Temporal goes on showing what was.",
    when: ({ call, actual }) => call === "DescribeWorkflowExecution" && actual === undefined,
  },
  {
    where: /\.customSearchAttributeAliases(\.|$)/,
    why: "Which attributes other scenarios have at the moment, and which free fields a server gives them.",
  },
  {
    where: /^reply\.replicationConfig\.state$/,
    why: "The recorded default namespace was made by a tool that leaves it out.",
  },
  {
    where: /^reply\.(capabilities|namespaceInfo\.(capabilities|limits|supportsSchedules))(\.|$)/,
    why: "Clients change their behaviour on what is advertised, so only what works is.",
    when: ({ actual }) => actual === undefined,
  },
  {
    where: /^error\.message$/,
    why: "A method that is not served is named, in each server's words; its code is the same.",
    when: ({ call, recorded, actual }) =>
      servedByNone.has(call) && [recorded, actual].every((text) => String(text).includes(call)),
  },
  {
    where: /^error\.message$/,
    why: "What is wrong with bytes that are no message is told by a library in its own words.",
    when: ({ recorded, actual }) => [recorded, actual].every((text) => undecodable.test(String(text))),
  },
];

/** The text of a transaction that is too large, without its size; anything else has none. */
function withoutSize(text: unknown): string {
  const [, limit] = /transaction size of \d+ bytes (exceeds limit of .*)$/.exec(String(text)) ?? [];
  return limit ?? String(text);
}

const buildIdAttributes = new Set(["BuildIds", "BinaryChecksums"]);

function isEmpty(value: unknown): boolean {
  return value === undefined || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
}

/** Everything but the build ids of the recording is there. */
function hasOnlyBuildIdsMore(recorded: unknown, actual: unknown): boolean {
  if (typeof recorded !== "object" || recorded === null) return false;
  return isEmpty(actual) && Object.keys(recorded).every((name) => buildIdAttributes.has(name));
}

const undecodable = /^grpc: error unmarshalling request: /;
const servedByNone = new Set(["TriggerWorkflowRule", "FetchWorkerConfig", "UpdateWorkerConfig"]);

export function isPermitted(difference: Compared): boolean {
  return permittedDifferences.some(({ where, when }) => {
    return where.test(difference.path) && (when === undefined || when(difference));
  });
}
