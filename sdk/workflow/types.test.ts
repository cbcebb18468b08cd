import type * as official from "@temporalio/workflow";
import { expectTypeOf, test } from "vitest";
import {
  type ActivityInterfaceFor,
  type ActivityOptions,
  type CancellationScopeOptions,
  type ChildWorkflowHandle,
  type ChildWorkflowOptions,
  type ContinueAsNewOptions,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  executeChild,
  type ExternalWorkflowHandle,
  type LocalActivityOptions,
  makeContinueAsNewFunc,
  type NotAnActivityMethod,
  proxyActivities,
  proxyLocalActivities,
  proxySinks,
  setHandler,
  startChild,
  type TimerOptions,
  Trigger,
  type WorkflowInfo,
  type WorkflowInterceptors,
} from "./index.ts";

/** Never called: only its types count. */
function typesOnly(_code: () => unknown): void {}

interface Activities {
  greet(name: string, count?: number): Promise<string>;
  stop(): Promise<void>;
  notAnActivity(name: string): string;
  version: number;
}

test("a proxy has the activities of its interface, and nothing that is none", () => {
  typesOnly(() => {
    const acts = proxyActivities<Activities>({ startToCloseTimeout: "1 minute" });
    expectTypeOf(acts.greet).parameters.toEqualTypeOf<[name: string, count?: number]>();
    expectTypeOf(acts.greet).returns.toEqualTypeOf<Promise<string>>();
    expectTypeOf(acts.notAnActivity).toEqualTypeOf<typeof NotAnActivityMethod>();
    expectTypeOf(acts.version).toEqualTypeOf<typeof NotAnActivityMethod>();
    expectTypeOf(acts.greet.executeWithOptions({ summary: "x" }, ["Ada"])).toEqualTypeOf<Promise<string>>();
    // @ts-expect-error -- a number is no name
    void acts.greet(1);
    const local = proxyLocalActivities<Activities>({ startToCloseTimeout: 1000 });
    expectTypeOf(local.stop).returns.toEqualTypeOf<Promise<void>>();
    // @ts-expect-error -- a task queue makes no sense within the worker
    proxyLocalActivities<Activities>({ startToCloseTimeout: 1000, taskQueue: "q" });
    const untyped = proxyActivities({ startToCloseTimeout: "1m" });
    expectTypeOf(untyped["anything"]).toExtend<((...args: any[]) => Promise<any>) | undefined>();
  });
  expectTypeOf<ActivityInterfaceFor<Activities>["stop"]>().toBeFunction();
});

async function orderWorkflow(_id: string, _amount: number): Promise<{ done: boolean }> {
  return { done: true };
}
async function idleWorkflow(): Promise<number> {
  return 1;
}

test("children take the arguments and have the result of their function", () => {
  typesOnly(async () => {
    const handle = await startChild(orderWorkflow, { args: ["id", 1] });
    expectTypeOf(handle).toEqualTypeOf<ChildWorkflowHandle<typeof orderWorkflow>>();
    expectTypeOf(handle.result()).toEqualTypeOf<Promise<{ done: boolean }>>();
    expectTypeOf(executeChild(idleWorkflow)).toEqualTypeOf<Promise<number>>();
    expectTypeOf(executeChild<typeof orderWorkflow>("order", { args: ["id", 2] })).resolves.toEqualTypeOf<{
      done: boolean;
    }>();
    // @ts-expect-error -- arguments are needed
    void executeChild(orderWorkflow);
    // @ts-expect-error -- the amount is a number
    void startChild(orderWorkflow, { args: ["id", "1"] });
    expectTypeOf(continueAsNew<typeof orderWorkflow>).parameters.toEqualTypeOf<[_id: string, _amount: number]>();
    expectTypeOf(makeContinueAsNewFunc<typeof idleWorkflow>()).returns.toEqualTypeOf<Promise<never>>();
  });
});

test("handlers fit their definitions", () => {
  typesOnly(() => {
    setHandler(defineSignal<[string, number]>("s"), (text, count) => {
      expectTypeOf(text).toBeString();
      expectTypeOf(count).toBeNumber();
    });
    setHandler(defineQuery<number, [boolean]>("q"), (flag) => (flag ? 1 : 0));
    // @ts-expect-error -- a query answers at once
    setHandler(defineQuery<number>("q"), async () => 1);
    setHandler(defineUpdate<string, [number]>("u"), async (count) => String(count), {
      validator: (count: number) => void count,
      unfinishedPolicy: "ABANDON",
    });
    // @ts-expect-error -- an update answers with its type
    setHandler(defineUpdate<string>("u"), () => 1);
    setHandler(defineSignal("none"), undefined);
  });
});

test("a condition answers whether it was met only when it has a time-out", () => {
  typesOnly(() => {
    expectTypeOf(condition(() => true)).toEqualTypeOf<Promise<void>>();
    expectTypeOf(condition(() => true, "1 day")).toEqualTypeOf<Promise<boolean>>();
    expectTypeOf(new Trigger<number>().resolve).parameter(0).toEqualTypeOf<number | PromiseLike<number>>();
    const { alerts } = proxySinks<{ alerts: { page(message: string): void } }>();
    expectTypeOf(alerts.page).parameters.toEqualTypeOf<[message: string]>();
  });
});

test("options and handles are those of the official package", () => {
  expectTypeOf<ActivityOptions>().toExtend<official.ActivityOptions>();
  expectTypeOf<official.ActivityOptions>().toExtend<ActivityOptions>();
  expectTypeOf<LocalActivityOptions>().toExtend<official.LocalActivityOptions>();
  expectTypeOf<official.LocalActivityOptions>().toExtend<LocalActivityOptions>();
  expectTypeOf<Omit<ChildWorkflowOptions, "typedSearchAttributes">>().toExtend<
    Omit<official.ChildWorkflowOptions, "typedSearchAttributes">
  >();
  expectTypeOf<Omit<official.ChildWorkflowOptions, "typedSearchAttributes">>().toExtend<
    Omit<ChildWorkflowOptions, "typedSearchAttributes">
  >();
  expectTypeOf<keyof ContinueAsNewOptions>().toEqualTypeOf<keyof official.ContinueAsNewOptions>();
  expectTypeOf<keyof WorkflowInfo>().toEqualTypeOf<keyof official.WorkflowInfo>();
  expectTypeOf<keyof ChildWorkflowOptions>().toEqualTypeOf<keyof official.ChildWorkflowOptions>();
  expectTypeOf<keyof CancellationScopeOptions>().toEqualTypeOf<keyof official.CancellationScopeOptions>();
  expectTypeOf<TimerOptions>().toExtend<official.TimerOptions>();
  expectTypeOf<keyof ExternalWorkflowHandle>().toEqualTypeOf<keyof official.ExternalWorkflowHandle>();
  expectTypeOf<keyof WorkflowInterceptors>().toEqualTypeOf<keyof official.WorkflowInterceptors>();
  type Outbound = NonNullable<WorkflowInterceptors["outbound"]>[number];
  type OfficialOutbound = NonNullable<official.WorkflowInterceptors["outbound"]>[number];
  expectTypeOf<keyof Outbound>().toEqualTypeOf<keyof OfficialOutbound>();
  type Inbound = NonNullable<WorkflowInterceptors["inbound"]>[number];
  type OfficialInbound = NonNullable<official.WorkflowInterceptors["inbound"]>[number];
  expectTypeOf<keyof Inbound>().toEqualTypeOf<keyof OfficialInbound>();
  expectTypeOf<Inbound>().toExtend<OfficialInbound>();
});
