/** Messages that client and workflow share, and the workflow, which runs in a sandbox. */
import { defineQuery, defineSignal, defineUpdate } from "perdure/extras";
import { condition, proxyActivities } from "perdure/workflow";
import { z } from "zod";
import type * as activities from "./activities-fixture.ts";

export const approve = defineSignal("approve", {
  input: z.object({ by: z.string(), note: z.string().default("none") }),
});
export const close = defineSignal("close");
export const approvals = defineQuery("approvals", {
  input: z.object({ from: z.number().int().default(0) }),
  output: z.array(z.string()),
});
export const rename = defineUpdate("rename", {
  input: z.object({ title: z.string().min(3) }),
  output: z.object({ title: z.string(), changedAt: z.iso.datetime().transform((text) => new Date(text)) }),
});
export const wrongResult = defineUpdate("wrong result", { output: z.number() });

const { charge } = proxyActivities<typeof activities>({ startToCloseTimeout: "10s" });

export async function review(): Promise<string[]> {
  const seen: string[] = [];
  let isClosed = false;
  approve.handle(({ by, note }) => void seen.push(`${by}: ${note}`));
  close.handle(() => void (isClosed = true));
  approvals.handle(({ from }) => seen.slice(from));
  rename.handle(({ title }) => ({ title, changedAt: new Date(0).toISOString() }), {
    validator({ title }) {
      if (title === "taken") throw new Error("taken");
    },
  });
  wrongResult.handle(() => "text" as never);
  await condition(() => isClosed);
  return seen;
}

export async function charges(input: Parameters<typeof charge>[0]): Promise<{ receipt: string }> {
  return charge(input);
}
