/** Workflows that tests run in the sandbox. */
import { hostFunctions, saga, step } from "perdure/extras";
import { CancellationScope, proxyActivities, sleep } from "perdure/workflow";
import type * as host from "./host-functions-fixture.ts";

const { add, called, fails } = hostFunctions<typeof host>();

export async function adds(key: string): Promise<number> {
  const sum = await step("add up", add, { args: [key, 40, 2] });
  await sleep(1);
  return sum + (await step("count", called, { args: [key] }));
}

export async function failsTwice(key: string): Promise<string> {
  return step("flaky", fails, { args: [key, 2], retry: { initialInterval: 1 } });
}

export async function callsDirectly(): Promise<number> {
  return add("direct", 1, 2);
}

export async function closure(): Promise<number> {
  return step("inline", () => 1);
}

export async function unknownFunction(): Promise<void> {
  const { missing } = hostFunctions<{ missing(): void }>();
  await step("missing", missing, { retry: { maximumAttempts: 1 } });
}

const { note } = proxyActivities<{ note(text: string): Promise<void> }>({ startToCloseTimeout: "5s" });

export async function sagaUntilCancelled(id: string): Promise<void> {
  await saga().run(async (trip) => {
    await trip.step(
      () => note(`${id} book`),
      () => note(`${id} unbook`),
    );
    trip.add(() => note(`${id} refund`), "refund");
    await CancellationScope.current().cancelRequested;
  });
}

export async function sagaOfScope(id: string): Promise<void> {
  await using trip = saga();
  await trip.step(
    () => note(`${id} book`),
    () => note(`${id} unbook`),
  );
}
