import { describe, expect, test } from "vitest";
import { Code } from "../../../api/errors.ts";
import { ResourceExhaustedCause, ResourceExhaustedScope } from "../../../api/gen/enums.js";
import { DynamicConfig } from "../../dynamic-config/index.ts";
import { readPlain } from "../../dynamic-config/config-values.ts";
import { workflowService } from "../../../api/gen/services.js";
import { MethodAdmission } from "./admission.ts";
import { apiClassOf, rankOf } from "./api-class.ts";
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
  readonly config: DynamicConfig;
  readonly load: Load;
  readonly parts: ConstructorParameters<typeof MethodAdmission>[1];
  #endTurn: (() => void) | undefined;

  constructor(values: Record<string, unknown> = {}) {
    this.config = configOf(values);
    const clock = { now: () => this.now };
    const immediate = (fn: () => void): void => void (this.#endTurn = fn);
    const timers = { set: () => ({}), clear: () => undefined, immediate };
    this.load = new Load({ config: this.config, clock, timers, uncommitted: () => this.uncommitted });
    const rates = new RateLimits(this.config);
    this.parts = { clock, load: this.load, rates, waiting: new WaitingCalls(this.config) };
  }

  of(method: string): MethodAdmission {
    return new MethodAdmission(method, this.parts);
  }

  /** A turn that takes so long, in which so many calls of a method come; answers how many were refused. */
  turn(ms: number, method = "StartWorkflowExecution", calls = 1): number {
    const door = this.of(method);
    let refused = 0;
    for (let call = 0; call < calls; call++) if (refusalOf(() => door.checkLoad()) !== undefined) refused++;
    this.now += ms;
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
  test("short turns refuse nothing, and neither does one long pause", () => {
    const scene = new Scene();
    for (let turn = 0; turn < 100; turn++) expect(scene.turn(20)).toBe(0);
    expect(scene.turn(400)).toBe(0);
    for (let turn = 0; turn < 100; turn++) expect(scene.turn(5)).toBe(0);
  });

  test("turns that stay too long refuse more and more new work, and stop when they are short again", () => {
    const scene = new Scene();
    for (let turn = 0; turn < 12; turn++) scene.turn(75);
    const some = scene.turn(75, "StartWorkflowExecution", 100);
    expect(some).toBeGreaterThan(50);
    for (let turn = 0; turn < 40; turn++) scene.turn(75);
    expect(scene.turn(75, "StartWorkflowExecution", 100)).toBe(100);
    for (let turn = 0; turn < 100; turn++) scene.turn(5);
    expect(scene.turn(5, "StartWorkflowExecution", 100)).toBe(0);
  });

  test("refusals are spread evenly over the calls", () => {
    const scene = new Scene();
    while (scene.load.pressure < 0.45) scene.turn(75);
    const door = scene.of("StartWorkflowExecution");
    const pattern = Array.from({ length: 12 }, () => refusalOf(() => door.checkLoad()) === undefined);
    expect(pattern.slice(0, 6).filter(Boolean).length).toBeGreaterThanOrEqual(2);
    expect(pattern.slice(6).filter(Boolean).length).toBeGreaterThanOrEqual(2);
  });

  test("looking is refused before new work, polls after it, the end of accepted work never", () => {
    const scene = new Scene();
    const refused = (): number[] =>
      ["ListWorkflowExecutions", "StartWorkflowExecution", "PollWorkflowTaskQueue", "RespondWorkflowTaskCompleted"].map(
        (method) => {
          const door = scene.of(method);
          return Array.from({ length: 100 }, () => refusalOf(() => door.checkLoad())).filter(Boolean).length;
        },
      );
    while (scene.load.pressure < 0.3) scene.turn(75);
    const [lists, starts, polls, answers] = refused() as [number, number, number, number];
    expect(lists).toBeGreaterThan(starts);
    expect(starts).toBeGreaterThan(20);
    expect([polls, answers]).toEqual([0, 0]);
    for (let turn = 0; turn < 200; turn++) scene.turn(500);
    expect(refused()).toEqual([100, 100, 100, 0]);
    expect(refusalOf(() => scene.of("GetSystemInfo").checkLoad())).toBeUndefined();
  });

  test("the refusal names its cause", () => {
    const scene = new Scene();
    for (let turn = 0; turn < 200; turn++) scene.turn(500);
    expect(refusalOf(() => scene.of("StartWorkflowExecution").checkLoad())).toEqual({
      code: Code.RESOURCE_EXHAUSTED,
      message: "the server is overloaded, try again later",
    });
  });

  test("with the key at 0 turns may take as long as they like", () => {
    const scene = new Scene({ "perdure.frontend.busyTurn": 0 });
    for (let turn = 0; turn < 200; turn++) expect(scene.turn(500)).toBe(0);
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
