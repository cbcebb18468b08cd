/** Workflow code that writes down what it sees of messages, failures and time-outs. The lines are compared with `recorded.json`: never edit a program. */
import { acts, awaited, chain, go, named, out, wf } from "./probes-fixture.ts";

export const messagePrograms: Readonly<Record<string, () => Promise<any>>> = {
  async updates() {
    wf.setHandler(
      wf.defineUpdate("u"),
      async (x: any) => {
        out("u " + x + " " + JSON.stringify(wf.currentUpdateInfo()));
        chain(8, "u");
        named(wf.sleep(10), "us");
        await Promise.resolve();
        out("u end");
        return 1;
      },
      { validator: () => out("validate") },
    );
    wf.setHandler(wf.defineUpdate("v"), (x: any) => {
      out("v " + x);
      chain(8, "v");
      return 2;
    });
    wf.setHandler(wf.defineUpdate("w"), async (x: any) => {
      out("w " + x);
      throw wf.ApplicationFailure.create({ message: "no" });
    });
    wf.setHandler(go, () => {
      out("go");
    });
    wf.setDefaultUpdateHandler((n: string) => {
      out("default " + n);
      return n;
    });
    wf.setDefaultSignalHandler((n: string) => {
      out("default signal " + n);
    });
    out("main");
    chain(8, "m");
    await wf.condition(() => false);
  },
  async failing() {
    named(wf.sleep(1), "x");
    await acts.a();
    chain(8);
    throw wf.ApplicationFailure.create({ message: "bad" });
  },
  async continuing() {
    await acts.a();
    chain(8);
    let p = Promise.resolve();
    for (let i = 0; i < 8; i++) {
      const k = i;
      p = p.then(() => {
        out("push" + k);
        named(wf.sleep(100 + k), "x");
      });
    }
    await wf.continueAsNew(1);
  },
  async cancelled() {
    try {
      await acts.a();
    } finally {
      chain(8);
      let p = Promise.resolve();
      for (let i = 0; i < 8; i++) {
        const k = i;
        p = p.then(() => {
          out("push" + k);
          named(
            wf.CancellationScope.nonCancellable(() => wf.sleep(100 + k)),
            "x",
          );
        });
      }
    }
  },
  async buffered() {
    out("main " + wf.allHandlersFinished());
    await wf.sleep(10);
    wf.setHandler(go, async (x: any) => {
      out("go " + x);
      chain(4, "go" + x);
      await wf.sleep(20);
    });
    out("after");
    chain(4, "m");
    await wf.condition(wf.allHandlersFinished);
    out("finished");
    await wf.condition(() => false);
  },
  async nested() {
    const S = wf.CancellationScope;
    try {
      await S.withTimeout(1000, async () => {
        named(acts.a(), "a");
        await S.withTimeout(2000, () => wf.sleep(3000));
      });
    } catch (e: any) {
      out("main " + e.name + " " + e.message);
    }
    chain(3);
    named(Promise.all([wf.sleep(1), acts.b()]), "all");
    await wf.startChild("c", { workflowId: "c9" }).catch((e: any) => out("child " + e.name + " " + e.message));
    await wf.condition(() => false);
  },
  async twosignals() {
    let n = 0;
    wf.setHandler(go, () => {
      n++;
      out("signal " + n);
    });
    wf.setHandler(wf.defineUpdate("u"), () => {
      n++;
      out("u " + n);
      return n;
    });
    for (const k of [1, 2, 3, 4, 5])
      named(
        wf.condition(() => n === k),
        "n" + k,
      );
    let seen = "";
    named(
      acts.a().then(() => {
        seen = "a";
      }),
      "a",
    );
    named(
      acts.b().then(() => {
        seen += "b";
      }),
      "b",
    );
    named(
      wf.condition(() => seen === "a"),
      "seen",
    );
    await wf.condition(() => false);
  },
  async patchLater() {
    out(wf.patched("p"));
    out(wf.workflowInfo().unsafe.isReplaying);
    await wf.sleep(1000);
    out(wf.workflowInfo().unsafe.isReplaying);
    out(wf.patched("p"));
    out(wf.patched("q"));
    out(wf.patched("q"));
    await wf.condition(() => false);
  },
  async timeouts() {
    wf.setHandler(go, () => {
      out("signal");
      chain();
    });
    setTimeout(
      (a) => {
        out("timeout " + a);
        named(wf.sleep(5), "in");
      },
      1000,
      "x",
    );
    const h = setTimeout(() => out("no"), 2000);
    awaited("withTimeout", () =>
      wf.CancellationScope.withTimeout(1000, async () => {
        try {
          await wf.executeChild("c", { args: [], workflowId: "c1", cancellationType: "TRY_CANCEL" });
        } finally {
          out("finally " + wf.CancellationScope.current().consideredCancelled);
        }
      }),
    );
    awaited("sync", () => Promise.all([wf.sleep(1000), wf.sleep(1000)]));
    awaited("raced", () => Promise.race([wf.sleep(1000), acts.a()]));
    const t = new wf.Trigger();
    named(t, "trigger");
    awaited("await-trigger", async () => {
      await t;
    });
    wf.setHandler(wf.defineSignal("x"), () => 0);
    named(
      wf.sleep(1000).then(() => {
        clearTimeout(h);
        t.resolve(3);
      }),
      "resolver",
    );
    await wf.condition(() => false);
  },
};
