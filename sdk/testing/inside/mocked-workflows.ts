/** Interceptors by which workflows of certain types let an activity answer for them. */
import { ActivityFailure } from "../../common/index.ts";
import { proxyActivities, workflowInfo } from "../../workflow/index.ts";
import type { WorkflowInterceptors } from "../../workflow/index.ts";

export function mockActivityName(workflowType: string): string {
  return `mock of ${workflowType}`;
}

export function mockedWorkflows(types: readonly string[]): () => WorkflowInterceptors {
  return () => ({
    inbound: [
      {
        async execute(input, next) {
          const { workflowType } = workflowInfo();
          if (!types.includes(workflowType)) return next(input);
          return answered(mockActivityName(workflowType), input.args);
        },
      },
    ],
  });
}

async function answered(name: string, args: unknown[]): Promise<unknown> {
  const activities = proxyActivities<Record<string, (...args: unknown[]) => Promise<unknown>>>({
    startToCloseTimeout: "1 minute",
    retry: { maximumAttempts: 1 },
  });
  try {
    return await activities[name]?.(...args);
  } catch (error) {
    throw error instanceof ActivityFailure && error.cause !== undefined ? error.cause : error;
  }
}
