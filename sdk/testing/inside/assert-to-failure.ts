/** Interceptors by which a failed assertion in workflow code fails the workflow, instead of its task again and again. */
import { ApplicationFailure } from "../../common/index.ts";
import type { WorkflowInterceptors } from "../../workflow/index.ts";

export function interceptors(): WorkflowInterceptors {
  return {
    inbound: [
      {
        execute: async (input, next) => failing(() => next(input)),
        handleSignal: async (input, next) => failing(() => next(input)),
        handleUpdate: async (input, next) => failing(() => next(input)),
        handleQuery: async (input, next) => failing(() => next(input)),
      },
    ],
  };
}

async function failing<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "AssertionError") throw error;
    const failure = ApplicationFailure.nonRetryable(error.message, "AssertionError");
    if (error.stack !== undefined) failure.stack = error.stack;
    throw failure;
  }
}
