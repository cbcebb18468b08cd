import { Context } from "@temporalio/activity";

export async function echo(text: string): Promise<string> {
  return text;
}

export async function failUntil(attempt: number): Promise<void> {
  if (Context.current().info.attempt < attempt) throw new Error("not yet");
}

/** Replaced by the suite: it needs the environment. */
export async function sleepLong(_ms: number): Promise<string> {
  throw new Error("the suite brings its own");
}
