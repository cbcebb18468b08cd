import { expect, test } from "vitest";
import { settle } from "../../../../base/manual-time.fixture.ts";
import { seededRandom, systemTimers } from "../../../../base/index.ts";
import { CallbackState } from "../../../../api/gen/enums.js";
import {
  Callback,
  StartWorkflowExecutionRequest,
  TerminateWorkflowExecutionRequest,
} from "../../../../api/gen/messages.js";
import { startEngine } from "../../../server.ts";
import type { Engine } from "../../../server.ts";
import { MemoryDisk, openMemoryStore } from "../../../store/index.ts";
import type { CallbackAnswer, CallbackCall } from "../../env.ts";

/** An engine on a clock that tests move, and what was told to whoever asked for callbacks. */
class CallbackScene {
  readonly disk = new MemoryDisk();
  readonly told: CallbackCall[] = [];
  readonly #timers = new Set<{ at: number; fn: () => void }>();
  answer: CallbackAnswer | "never" = { kind: "taken" };
  now = Date.UTC(2030, 0, 1);
  #engine: Engine | undefined;

  async open(): Promise<void> {
    this.#timers.clear();
    this.#engine = await startEngine({
      store: openMemoryStore({ disk: this.disk }),
      random: seededRandom(1),
      clock: { now: () => this.now },
      timers: {
        set: (delayMs, fn) => {
          const timer = { at: this.now + Math.max(0, delayMs), fn };
          this.#timers.add(timer);
          return timer;
        },
        clear: (timer) => void this.#timers.delete(timer as { at: number; fn: () => void }),
        immediate: (fn) => systemTimers.immediate(fn),
      },
      dynamicConfig: { values: { "callback.allowedAddresses": [{ Pattern: "*", AllowInsecure: true }] } },
      callbacks: {
        send: (call) => {
          this.told.push(call);
          return this.answer === "never" ? new Promise(() => {}) : Promise.resolve(this.answer);
        },
      },
    });
    await this.advance(0);
  }

  async advance(ms: number): Promise<void> {
    const until = this.now + ms;
    await settle();
    for (;;) {
      const [first] = [...this.#timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
      if (first === undefined) break;
      this.#timers.delete(first);
      this.now = Math.max(this.now, first.at);
      first.fn();
      await settle();
    }
    this.now = until;
  }

  async start(fields: object = {}): Promise<void> {
    const nexus = { url: "http://there/done", header: { "X-Mine": "yes" } };
    const request = {
      ...{
        namespace: "default",
        workflowId: "w",
        workflowType: { name: "W" },
        taskQueue: { name: "q" },
        requestId: "s",
      },
      completionCallbacks: [Callback.encode({ nexus })],
      ...fields,
    };
    const decoded = StartWorkflowExecutionRequest.decode(StartWorkflowExecutionRequest.encode(request));
    await this.#engine?.handlers.startWorkflowExecution?.(decoded, CALL);
  }

  async terminate(): Promise<void> {
    const request = { namespace: "default", workflowExecution: { workflowId: "w" } };
    const decoded = TerminateWorkflowExecutionRequest.decode(TerminateWorkflowExecutionRequest.encode(request));
    await this.#engine?.handlers.terminateWorkflowExecution?.(decoded, CALL);
    await settle();
  }

  async state(): Promise<string> {
    const described = await this.#engine?.handlers.describeWorkflowExecution?.(
      { namespace: "default", execution: { workflowId: "w", runId: "" } } as never,
      CALL,
    );
    const [callback] = described?.callbacks ?? [];
    const [name = ""] = Object.entries(CallbackState).find(([, state]) => state === callback?.state) ?? [];
    return `${name.replace("CALLBACK_STATE_", "").toLowerCase()} ${callback?.attempt}`;
  }
}

const CALL = { deadline: undefined, cancelled: false, metadata: () => undefined, onCancel: () => {} } as never;

async function opened(): Promise<CallbackScene> {
  const scene = new CallbackScene();
  await scene.open();
  return scene;
}

test("the end of a run is told once when it is taken", async () => {
  const scene = await opened();
  await scene.start();
  expect(await scene.state()).toBe("standby 0");
  await scene.terminate();
  await scene.advance(0);
  expect(await scene.state()).toBe("succeeded 1");
  await scene.advance(300_000);
  await scene.open();
  await scene.advance(300_000);
  expect(scene.told).toMatchObject([{ url: "http://there/done", header: { "x-mine": "yes" }, workflowId: "w" }]);
});

test("a refusal is followed by attempts further and further apart", async () => {
  const scene = await opened();
  scene.answer = { kind: "refused", message: "not now", isRetryable: true };
  await scene.start();
  await scene.terminate();
  await scene.advance(0);
  expect(await scene.state()).toBe("backing_off 1");
  await scene.advance(1_000);
  expect(await scene.state()).toBe("backing_off 2");
  await scene.advance(1_999);
  expect(scene.told).toHaveLength(2);
  scene.answer = { kind: "taken" };
  await scene.advance(1);
  expect(await scene.state()).toBe("succeeded 3");
});

test("a refusal for good is the last word", async () => {
  const scene = await opened();
  scene.answer = { kind: "refused", message: "never", isRetryable: false };
  await scene.start();
  await scene.terminate();
  await scene.advance(300_000);
  expect(await scene.state()).toBe("failed 1");
  expect(scene.told).toHaveLength(1);
});

test("an attempt that a crash cut off is made again", async () => {
  const scene = await opened();
  scene.answer = "never";
  await scene.start();
  await scene.terminate();
  await scene.advance(60_000);
  expect(scene.told).toHaveLength(1);
  scene.answer = { kind: "taken" };
  await scene.open();
  await scene.advance(60_000);
  expect(scene.told).toHaveLength(2);
  expect(await scene.state()).toBe("succeeded 1");
});

test("a run that goes on in another's place takes its callbacks over", async () => {
  const scene = await opened();
  const retryPolicy = { maximumAttempts: 2, initialInterval: { seconds: 1, nanos: 0 } };
  await scene.start({ retryPolicy, workflowRunTimeout: { seconds: 5, nanos: 0 } });
  await scene.advance(5_500);
  expect(scene.told).toEqual([]);
  expect(await scene.state()).toBe("standby 0");
  await scene.advance(20_000);
  expect(scene.told).toHaveLength(1);
  expect(await scene.state()).toBe("succeeded 1");
});
