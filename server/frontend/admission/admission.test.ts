import { describe, expect, test } from "vitest";
import { Code } from "../../../api/errors.ts";
import { ResourceExhaustedCause, ResourceExhaustedScope } from "../../../api/gen/enums.js";
import { DynamicConfig } from "../../dynamic-config/index.ts";
import { readPlain } from "../../dynamic-config/config-values.ts";
import { workflowService } from "../../../api/gen/services.js";
import { MethodAdmission } from "./admission.ts";
import { apiClassOf, rankOf } from "./api-class.ts";
import { LoadModel } from "./load-model.fixture.ts";
import { Load } from "./load.ts";
import { RateLimits } from "./rate-limits.ts";
import { TokenBucket } from "./token-bucket.ts";
import { WaitingCalls } from "./waiting-calls.ts";

function configOf(values: Record<string, unknown>): DynamicConfig {
  const config = new DynamicConfig();
  config.replace(readPlain(values).values);
  return config;
}

/** A process whose turns take as long as the test says. */
class Scene {
  now = 1_000_000;
  uncommitted = 0;
  uncommittedSince: number | undefined;
  readonly config: DynamicConfig;
  readonly load: Load;
  readonly parts: ConstructorParameters<typeof MethodAdmission>[1];
  #endTurn: (() => void) | undefined;

  constructor(values: Record<string, unknown> = {}) {
    this.config = configOf({ "perdure.frontend.busyTurnCalls": 10, ...values });
    const clock = { now: () => this.now };
    const immediate = (fn: () => void): void => void (this.#endTurn = fn);
    const timers = { set: () => ({}), clear: () => undefined, immediate };
    this.load = new Load({ config: this.config, clock, timers, backlog: this });
    const rates = new RateLimits(this.config);
    this.parts = { clock, load: this.load, rates, waiting: new WaitingCalls(this.config) };
  }

  of(method: string): MethodAdmission {
    return new MethodAdmission(method, this.parts);
  }

  /** A turn in which so many calls of a method come, each of which takes so long; answers how many were refused. */
  turn({
    calls,
    eachMs,
    method = "StartWorkflowExecution",
  }: {
    calls: number;
    eachMs: number;
    method?: string;
  }): number {
    const door = this.of(method);
    let refused = 0;
    for (let call = 0; call < calls; call++) {
      if (refusalOf(() => door.checkLoad()) === undefined) this.now += eachMs;
      else refused++;
    }
    this.#endTurn?.();
    return refused;
  }
}

function refusalOf(call: () => unknown): { code: number; message: string } | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    const { code, message } = error as { code: number; message: string };
    return { code, message };
  }
}

describe("load", () => {
  test("a load that the server can do is never refused, one that is merely full neither", () => {
    for (const perSecond of [5_000, 8_000, 9_500])
      expect(new LoadModel().open({ perSecond, seconds: 4 })).toMatchObject({ refused: 0 });
    for (const clients of [100, 400, 500]) expect(new LoadModel().closed({ clients, turns: 300 })).toBe(0);
  });

  test.each([11_000, 15_000, 30_000])(
    "of %d calls a second, where 10,000 can be done, most that can be are",
    (perSecond) => {
      const { accepted, refused, p99Ms, queueMax } = new LoadModel().open({ perSecond, seconds: 5 });
      expect(accepted).toBeGreaterThan(28_000);
      expect(refused).toBeGreaterThan(0);
      expect(p99Ms).toBeLessThan(150);
      expect(queueMax).toBeLessThan(5_000);
    },
  );

  test("a burst that comes once is served", () => {
    expect(new LoadModel().closed({ clients: 2_000, turns: 1 })).toBe(0);
  });

  test("when the storm is over everything is served again", () => {
    const model = new LoadModel();
    model.open({ perSecond: 30_000, seconds: 2 });
    expect(model.closed({ clients: 100, turns: 1 })).toBe(0);
    expect(model.open({ perSecond: 5_000, seconds: 2 })).toMatchObject({ refused: 0 });
  });

  test("long turns with few calls refuse nothing: the machine does something else", () => {
    const scene = new Scene();
    for (let turn = 0; turn < 100; turn++) expect(scene.turn({ calls: 5, eachMs: 100 })).toBe(0);
  });

  test("looking is refused before new work, polls long after it, the end of accepted work never", () => {
    const refusedOf = (method: string, eachMs: number): number => {
      const scene = new Scene();
      let refused = 0;
      for (let turn = 0; turn < 10; turn++) refused = scene.turn({ calls: 100, eachMs, method });
      return refused;
    };
    const [lists, starts, polls, answers] = [
      "ListWorkflowExecutions",
      "StartWorkflowExecution",
      "PollWorkflowTaskQueue",
      "RespondWorkflowTaskCompleted",
    ].map((method) => refusedOf(method, 20)) as [number, number, number, number];
    expect([lists, starts, polls, answers]).toEqual([95, 90, 20, 0]);
    expect(refusedOf("GetSystemInfo", 20)).toBe(0);
  });

  test("the refusal is told as one of the server", () => {
    const scene = new Scene({ "perdure.frontend.uncommittedMax": 0 });
    expect(refusalOf(() => scene.of("StartWorkflowExecution").checkLoad())).toEqual({
      code: Code.RESOURCE_EXHAUSTED,
      message: "the server is overloaded, try again later",
    });
  });

  test("with the key at 0 turns may take as long as they like", () => {
    const scene = new Scene({ "perdure.frontend.busyTurn": 0 });
    for (let turn = 0; turn < 20; turn++) expect(scene.turn({ calls: 100, eachMs: 20 })).toBe(0);
  });

  test("changes that pile up before a slow store stop new work first, and far beyond it all writing", () => {
    const scene = new Scene({ "perdure.frontend.uncommittedMax": 10 });
    const isRefused = (method: string): boolean => refusalOf(() => scene.of(method).checkLoad()) !== undefined;
    const methods = ["StartWorkflowExecution", "RespondActivityTaskCompleted", "DescribeWorkflowExecution"];
    for (const [uncommitted, expected] of [
      [9, [false, false, false]],
      [10, [true, false, false]],
      [99, [true, false, false]],
      [100, [true, true, false]],
    ] as const) {
      scene.uncommitted = uncommitted;
      expect(methods.map(isRefused)).toEqual(expected);
    }
  });

  test("a queue before the store stops new work when it lasts, a slow disk with few changes does not", () => {
    const scene = new Scene();
    const isRefused = (): boolean => refusalOf(() => scene.of("StartWorkflowExecution").checkLoad()) !== undefined;
    scene.uncommittedSince = scene.now - 1_000;
    scene.uncommitted = 10;
    expect(isRefused()).toBe(false);
    scene.uncommitted = 11;
    expect(isRefused()).toBe(true);
    scene.uncommittedSince = scene.now - 40;
    expect(isRefused()).toBe(false);
  });

  test("calls that are being answered are counted until they are", () => {
    const scene = new Scene({ "perdure.frontend.callsMax": 2 });
    const door = scene.of("SignalWorkflowExecution");
    const leave = door.enter({ namespace: "a" });
    door.enter({ namespace: "a" });
    expect(refusalOf(() => door.checkLoad())?.code).toBe(Code.RESOURCE_EXHAUSTED);
    leave();
    expect(refusalOf(() => door.checkLoad())).toBeUndefined();
  });
});

describe("waiting calls", () => {
  test("are counted by namespace and method, and only while they wait", () => {
    const scene = new Scene({ "frontend.namespaceCount": 2 });
    const poll = scene.of("PollWorkflowTaskQueue");
    const leave = poll.enter({ namespace: "a" });
    poll.enter({ namespace: "a" });
    expect(() => poll.enter({ namespace: "a" })).toThrow("namespace concurrent poller limit exceeded");
    poll.enter({ namespace: "b" });
    scene.of("PollActivityTaskQueue").enter({ namespace: "a" });
    leave();
    poll.enter({ namespace: "a" });
    expect(() => poll.enter({ namespace: "a" })).toThrow("namespace concurrent poller limit exceeded");
  });

  test("a history counts only when its caller waits", () => {
    const scene = new Scene({ "frontend.namespaceCount": 1 });
    const door = scene.of("GetWorkflowExecutionHistory");
    door.enter({ namespace: "a", waitNewEvent: true });
    door.enter({ namespace: "a", waitNewEvent: false });
    door.enter({ namespace: "a" });
    expect(() => door.enter({ namespace: "a", waitNewEvent: true })).toThrow("concurrent poller limit");
  });

  test("of two keys the global one counts", () => {
    const scene = new Scene({ "frontend.namespaceCount": 5, "frontend.globalNamespaceCount": 1 });
    const door = scene.of("PollWorkflowTaskQueue");
    door.enter({ namespace: "a" });
    expect(() => door.enter({ namespace: "a" })).toThrow("concurrent poller limit");
  });
});

describe("rates", () => {
  const count = (scene: Scene, method: string, calls: number, namespace = "a"): number => {
    const door = scene.of(method);
    let passed = 0;
    for (let call = 0; call < calls; call++) if (refusalOf(() => door.enter({ namespace })()) === undefined) passed++;
    return passed;
  };

  test("a namespace has its burst at once, then its rate", () => {
    const scene = new Scene({ "frontend.namespaceRPS": 10 });
    expect(count(scene, "SignalWorkflowExecution", 100)).toBeGreaterThanOrEqual(14);
    scene.now += 60_000;
    expect(count(scene, "RespondWorkflowTaskCompleted", 100)).toBeGreaterThanOrEqual(18);
    expect(count(scene, "RespondWorkflowTaskCompleted", 100)).toBe(0);
    scene.now += 1_000;
    expect(count(scene, "RespondWorkflowTaskCompleted", 2)).toBe(2);
    expect(count(scene, "SignalWorkflowExecution", 1, "b")).toBe(1);
  });

  test("the refusal has Temporal's text, cause and scope", () => {
    const scene = new Scene({ "frontend.namespaceRPS": 1 });
    count(scene, "SignalWorkflowExecution", 5);
    expect(() => scene.of("SignalWorkflowExecution").enter({ namespace: "a" })).toThrow(
      expect.objectContaining({ message: "namespace rate limit exceeded", code: Code.RESOURCE_EXHAUSTED }),
    );
    expect(ResourceExhaustedCause.RESOURCE_EXHAUSTED_CAUSE_RPS_LIMIT).toBe(1);
    expect(ResourceExhaustedScope.RESOURCE_EXHAUSTED_SCOPE_NAMESPACE).toBe(1);
  });

  test("lists have a rate of their own, changes of namespaces too, and so has any method that is named", () => {
    const scene = new Scene({
      "frontend.namespaceRPS.visibility": 3,
      "frontend.namespaceRPS.namespaceReplicationInducingAPIs": 1,
      "frontend.namespaceBurstRatio.namespaceReplicationInducingAPIs": 2,
      "perdure.frontend.namespaceRPS.operations": { QueryWorkflow: 2 },
    });
    expect(count(scene, "ListWorkflowExecutions", 10)).toBeLessThanOrEqual(3);
    expect(count(scene, "UpdateNamespace", 10)).toBeLessThanOrEqual(2);
    expect(count(scene, "QueryWorkflow", 10)).toBeLessThanOrEqual(2);
    expect(count(scene, "StartWorkflowExecution", 50)).toBe(50);
  });

  test("what comes alone is served even by the smallest rate", () => {
    for (const method of ["ListWorkflowExecutions", "DescribeWorkflowExecution", "StartWorkflowExecution"]) {
      const scene = new Scene({ "frontend.namespaceRPS": 1, "frontend.namespaceBurstRatio": 1 });
      expect(count(scene, method, 1)).toBe(1);
    }
  });

  test("a flood of reads leaves something for those who finish work", () => {
    const scene = new Scene({ "frontend.namespaceRPS": 100 });
    const reads = count(scene, "DescribeWorkflowExecution", 1_000);
    expect(reads).toBeLessThan(150);
    expect(count(scene, "RespondActivityTaskCompleted", 1_000)).toBeGreaterThan(50);
  });

  test("the server's own rate is told with its scope, GetSystemInfo is never refused", () => {
    const scene = new Scene({ "frontend.rps": 1 });
    expect(count(scene, "StartWorkflowExecution", 10)).toBeLessThanOrEqual(2);
    expect(() => scene.of("StartWorkflowExecution").enter({ namespace: "b" })).toThrow("service rate limit exceeded");
    expect(count(scene, "GetSystemInfo", 100)).toBe(100);
  });

  test("a rate that changes takes effect at the next call", () => {
    const scene = new Scene({ "frontend.namespaceRPS": 1 });
    count(scene, "StartWorkflowExecution", 10);
    scene.config.replace([]);
    expect(count(scene, "StartWorkflowExecution", 100)).toBe(100);
  });

  test("a bucket fills up to its burst and no further", () => {
    const bucket = new TokenBucket();
    const rate = { perSecond: 5, burst: 10 };
    const taken = (now: number): number => {
      let count = 0;
      while (bucket.take(now, rate, 0)) count++;
      return count;
    };
    expect([taken(0), taken(1_000), taken(1_100), taken(1_200), taken(100_000)]).toEqual([10, 5, 0, 1, 10]);
  });
});

test("every method has a class, and those that finish work come before those that begin it", () => {
  expect(workflowService.map(({ name }) => rankOf(apiClassOf(name))).every((rank) => rank >= 0)).toBe(true);
  const rank = (method: string): number => rankOf(apiClassOf(method));
  expect(rank("RespondActivityTaskFailedById")).toBeLessThan(rank("PollActivityTaskQueue"));
  expect(rank("PollActivityTaskQueue")).toBeLessThan(rank("StartWorkflowExecution"));
  expect(rank("StartWorkflowExecution")).toBeLessThan(rank("GetWorkflowExecutionHistory"));
  expect(rank("QueryWorkflow")).toBeLessThan(rank("ListWorkflowExecutions"));
});
