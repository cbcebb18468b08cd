import { activityInfo, ApplicationFailure, Context } from "../../../sdk/activity/index.ts";

/** Fails so many times, and three times at most. */
export async function works(value: number, failures: number): Promise<number> {
  const { attempt } = activityInfo();
  if (attempt <= failures) throw ApplicationFailure.create({ message: `attempt ${attempt}` });
  return value;
}

export async function returns(value: string): Promise<string> {
  return value;
}

export async function signals(name: string): Promise<void> {
  const { client, info } = Context.current();
  // A workflow that has ended meanwhile does not mind.
  await client.workflow
    .getHandle(info.workflowExecution?.workflowId ?? "")
    .signal(name)
    .catch(() => {});
}
