import {
  condition,
  defineSignal,
  executeChild,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  sleep,
} from "../workflow/index.ts";

interface Activities {
  work(of: string): Promise<string>;
  fail(): Promise<void>;
}

const { work, fail } = proxyActivities<Activities>({ startToCloseTimeout: "5s", retry: { maximumAttempts: 1 } });
const local = proxyLocalActivities<Activities>({ startToCloseTimeout: "5s" });

export const go = defineSignal("go");

export async function parent(): Promise<string> {
  let mayGo = false;
  setHandler(go, async () => {
    await sleep(1);
    await work("signal");
    mayGo = true;
  });
  await condition(() => mayGo);
  await fail().catch(() => {});
  return executeChild(child);
}

export async function child(): Promise<string> {
  return (await local.work("local")) + (await work("child"));
}
