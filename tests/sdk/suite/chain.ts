/** An error and its causes as plain data: the names of the classes and what tells failures apart. */

export interface Link {
  readonly name: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

const FIELDS = [
  "type",
  "nonRetryable",
  "details",
  "timeoutType",
  "lastHeartbeatDetails",
  "retryState",
  "activityType",
  "activityId",
  "workflowType",
  "category",
];

export function chainOf(error: unknown): Link[] {
  const links: Link[] = [];
  for (
    let each = error as (Error & Record<string, unknown>) | undefined;
    each instanceof Error;
    each = each.cause as never
  ) {
    const link: Record<string, unknown> = { name: each.name, message: each.message };
    for (const field of FIELDS) {
      const value = each[field];
      if (value === undefined || value === null || value === false) continue;
      if (Array.isArray(value) && value.length === 0) continue;
      link[field] = value;
    }
    links.push(link as Link);
  }
  return links;
}

/** The chain of what a promise rejects with; `undefined` when it resolves. */
export async function failureOf(promise: Promise<unknown>): Promise<Link[] | undefined> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    return chainOf(error);
  }
}

/** The names in a chain, joined: "ActivityFailure < ApplicationFailure". */
export function namesOf(chain: readonly Link[] | undefined): string | undefined {
  return chain?.map(({ name }) => name).join(" < ");
}
