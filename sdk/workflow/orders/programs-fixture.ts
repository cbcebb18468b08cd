/** Workflow code that writes down what it sees. The lines are compared with `recorded.json`: never edit a program. */
import type * as workflow from "../index.ts";
import { messagePrograms } from "./message-programs-fixture.ts";
import { acts, awaited, chain, ext, go, named, out, wf } from "./probes-fixture.ts";

export const programs: Readonly<Record<string, () => Promise<any>>> = {
  async hops() {
    wf.setHandler(go, () => {
      out("signal");
      chain();
    });
    named(acts.a(), "then-activity");
    awaited("await-activity", () => acts.b());
    named(wf.sleep(1000), "then-sleep");
    awaited("await-sleep", () => wf.sleep(1000));
    awaited("start-child", async () => {
      const h = await wf.startChild("c", { args: [], workflowId: "c1" });
      out("child started " + h.firstExecutionRunId);
      await h.result();
    });
    awaited("execute-child", async () => {
      await wf.executeChild("c", { args: [], workflowId: "c2" });
    });
    awaited("signal-external", () => ext().signal("x"));
    awaited("cancel-external", () => ext().cancel());
    awaited("cond-timeout", async () => out("cond " + (await wf.condition(() => false, 1000))));
    awaited("scope-timeout", () => wf.CancellationScope.withTimeout(1000, () => acts.never()));
    awaited("scope-activity", () => wf.CancellationScope.cancellable(() => acts.d()));
    await wf.condition(() => false);
  },
  async cancels() {
    wf.setHandler(go, () => {
      out("signal");
      chain();
    });
    const S = wf.CancellationScope;
    named(wf.sleep(1000), "t1");
    named(acts.a(), "a1");
    named(
      S.cancellable(async () => {
        named(wf.sleep(2000), "t2-inner");
        await S.cancellable(() => wf.sleep(2500));
      }),
      "scope2",
    );
    named(
      S.nonCancellable(async () => {
        named(
          S.cancellable(() => wf.sleep(3000)),
          "t3-inner",
        );
        await wf.sleep(3100);
      }),
      "noncancel",
    );
    named(wf.executeChild("c", { args: [], workflowId: "c1" }), "child");
    named(
      wf.condition(() => false),
      "cond",
    );
    named(
      wf.condition(() => false, 5000),
      "cond-timeout",
    );
    const trig = new wf.Trigger();
    named(trig, "trigger");
    named(wf.sleep(4000), "t4");
    named(S.current().cancelRequested, "requested");
    named(wf.sleep(6000), "t5");
    named(ext().signal("x"), "sig");
    named(
      S.withTimeout(7000, () => acts.b()),
      "withTimeout",
    );
    named(wf.proxyActivities({ startToCloseTimeout: "1 minute", cancellationType: "TRY_CANCEL" }).c(), "try");
    named(wf.proxyActivities({ startToCloseTimeout: "1 minute", cancellationType: "ABANDON" }).d(), "abandon");
    setTimeout(() => out("timeout"), 8000);
    try {
      await S.current().cancelRequested;
    } catch (e: any) {
      out("main " + e.name + " " + S.current().consideredCancelled);
    }
    named(wf.sleep(10), "late-timer");
    named(acts.a(), "late-activity");
    named(wf.executeChild("c", { args: [] }), "late-child");
    named(
      wf.condition(() => true),
      "late-cond",
    );
    named(
      S.cancellable(() => wf.sleep(11)),
      "late-scope",
    );
    named(
      S.nonCancellable(() => wf.sleep(12)),
      "late-nc",
    );
    named(ext().signal("x"), "late-sig");
    named(ext().cancel(), "late-cancel");
    named(new wf.Trigger(), "late-trigger");
    chain(14, "late");
    await wf.condition(() => false).catch(() => {});
    await S.nonCancellable(() => wf.condition(() => false));
  },
  async inner() {
    const S = wf.CancellationScope;
    const s1 = new S();
    s1.run(async () => new S());
    const scope = new S();
    const p = scope.run(async () => {
      named(wf.sleep(1000), "t1");
      named(
        S.cancellable(async () => {
          named(wf.sleep(1100), "t2");
          await acts.x();
        }),
        "inner",
      );
      named(acts.a(), "a1");
      named(
        S.nonCancellable(() => wf.sleep(1200)),
        "nc",
      );
      await wf.sleep(1300);
    });
    named(p, "scope");
    out("before");
    scope.cancel();
    out("after " + scope.consideredCancelled);
    chain();
    named(
      scope.run(() => wf.sleep(5)),
      "again",
    );
    const t = setTimeout(() => out("never"), 500);
    clearTimeout(t);
    named(
      wf.condition(() => false, 0),
      "cond0",
    );
    named(
      wf.condition(() => true, 100),
      "cond-true",
    );
    named(
      wf.CancellationScope.withTimeout(50, async () => 1),
      "wt",
    );
    await wf.condition(() => false);
  },
  async finish() {
    wf.setHandler(go, async () => {
      out("signal");
      chain(20);
      await Promise.resolve();
      await wf.sleep(77);
    });
    wf.setHandler(wf.defineUpdate("u"), async () => {
      await wf.condition(() => n > 0);
      out("update done");
      return "u";
    });
    wf.setHandler(
      wf.defineUpdate("v"),
      (x: any) => {
        out("v " + x);
        return "v";
      },
      {
        validator: (x: any) => {
          out("validate " + x);
        },
      },
    );
    let n = 0;
    await acts.a();
    n = 1;
    out("returning");
    chain(14, "r");
    Promise.resolve()
      .then(() => {
        out("push1");
        wf.sleep(1);
      })
      .then(() => wf.sleep(2))
      .then(() => 0);
    let p = Promise.resolve();
    for (let i = 0; i < 8; i++) {
      const k = i;
      p = p.then(() => {
        out("push" + k);
        named(wf.sleep(100 + k), "x");
      });
    }
    return "done";
  },
  async conds() {
    let a = 0,
      calls = 0,
      x = false,
      y = false;
    wf.setHandler(go, () => {
      out("signal");
      a = 1;
      x = true;
    });
    named(
      wf.condition(() => {
        calls++;
        return y;
      }),
      "y",
    );
    named(
      wf
        .condition(() => a === 1)
        .then(() => {
          out("set a2");
          a = 2;
          y = true;
        }),
      "a1",
    );
    named(
      wf.condition(() => a === 1),
      "a1-second",
    );
    named(
      wf.condition(() => {
        out("eval x");
        return x;
      }),
      "x",
    );
    await wf.condition(() => a === 2);
    out("calls " + calls);
    await wf.condition(() => false);
  },
  async randoms() {
    for (let i = 0; i < 4; i++) out(Math.random());
    out(wf.uuid4());
    out(wf.uuid4());
    const s = wf.getRandomStream("plugin");
    for (let i = 0; i < 3; i++) out(s.random());
    out(s.uuid4());
    const bytes: Uint8Array = Reflect.apply(s.fill, s, [new Uint8Array(6)]);
    out(bytes.join());
    out(Math.random());
    out(s.with(() => Math.random()));
    out(wf.workflowRandom.random());
    out(Math.random());
    const t = wf.getRandomStream("");
    out(t.random());
    out(wf.getRandomStream("é").random());
    out(Date.now());
    out(new Date().toISOString());
    out(wf.workflowInfo().startTime.toISOString());
    out(wf.workflowInfo().runStartTime.toISOString());
    await wf.condition(() => false);
  },
  async patches() {
    out(wf.patched("p1"));
    out(wf.patched("p1"));
    wf.deprecatePatch("p2");
    out(wf.patched("p3"));
    await wf.sleep(1000);
    out(wf.patched("p3"));
    await wf.condition(() => false);
  },
  async syncconds() {
    let a = false,
      b = false;
    wf.setHandler(go, () => {
      out("signal");
      named(
        wf.condition(() => b),
        "cond-b",
      );
      b = true;
      chain(6, "s");
      Promise.resolve().then(() => {
        let c = false;
        named(
          wf.condition(() => c),
          "cond-c",
        );
        c = true;
      });
    });
    named(
      wf.condition(() => a),
      "cond-a",
    );
    a = true;
    chain(6);
    await Promise.resolve();
    let d = false;
    named(
      wf.condition(() => d),
      "cond-d",
    );
    d = true;
    await wf.condition(() => false);
  },
  ...messagePrograms,
};

const through = (input: any, next: any): any => next(input);
const throughAsync = async (input: any, next: any): Promise<any> => await next(input);

/** Interceptors that change nothing but the number of microtasks. */
export function interceptors(): workflow.WorkflowInterceptors {
  const execute = throughAsync;
  return {
    inbound: [
      { execute: through, handleSignal: through, handleUpdate: through, validateUpdate: through },
      { execute, handleSignal: throughAsync, handleUpdate: throughAsync },
    ],
    outbound: [
      {
        scheduleActivity: throughAsync,
        startTimer: async (input, next) => next(input),
        startChildWorkflowExecution: throughAsync,
        signalWorkflow: async (input, next) => next(input),
      },
      { scheduleActivity: through, startTimer: through, startChildWorkflowExecution: through, signalWorkflow: through },
    ],
  };
}
