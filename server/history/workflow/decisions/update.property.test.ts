import fc from "fast-check";
import { expect, test } from "vitest";
import { settle } from "../../../../base/manual-time.fixture.ts";
import { HistoryEvent } from "../../../../api/gen/messages.js";
import type { ActivityScene } from "../machines/activity-scene-fixture.ts";
import { splitEvents } from "../event-log.ts";
import { ACCEPTED, answer, COMPLETED, idle, told, updateRequest } from "./update-scene-fixture.ts";

const ids = ["a", "b", "c"];
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("update" as const),
      id: fc.constantFrom(...ids),
      wait: fc.constantFrom(ACCEPTED, COMPLETED),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("poll" as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("answer" as const),
      verbs: fc.array(fc.constantFrom("accept", "complete", "reject", "pass over"), { minLength: 3, maxLength: 3 }),
      marks: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("fail" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("signal" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(1_000, 10_000, 25_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("crash" as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A worker and clients who do as they are told, and remember what they heard. */
class Story {
  readonly scene: ActivityScene;
  readonly heard: { readonly id: string; text?: string; isBeforeCrash?: boolean }[] = [];
  task: Awaited<ReturnType<ActivityScene["pollWorkflow"]>>;
  signals = 0;

  constructor(scene: ActivityScene) {
    this.scene = scene;
  }

  async play(what: Step): Promise<void> {
    const { scene } = this;
    switch (what.do) {
      case "update": {
        const entry: { readonly id: string; text?: string } = { id: what.id };
        this.heard.push(entry);
        void told(scene.call("updateWorkflowExecution", updateRequest(scene, { id: what.id, wait: what.wait }))).then(
          (text) => (entry.text = text),
        );
        return settle();
      }
      case "poll":
        this.task ??= await scene.pollWorkflow();
        return;
      case "answer":
        return this.answer(what.verbs, what.marks);
      case "fail":
        return this.respond("respondWorkflowTaskFailed", {});
      case "signal":
        this.signals++;
        await scene.call("signalWorkflowExecution", {
          workflowExecution: { workflowId: scene.workflowId },
          signalName: "s",
        });
        return;
      case "wait":
        return scene.time.advance(what.ms);
      case "crash":
        for (const entry of this.heard) if (entry.text === undefined) entry.isBeforeCrash = true;
        return scene.crash();
    }
  }

  /** What the verbs make of each update that the worker may answer now; it knows the history. */
  async answer(verbs: readonly string[], marks: boolean): Promise<void> {
    if (this.task === undefined) return;
    const states = await this.states();
    const sent = new Set(this.task.messages?.map((message) => message.protocolInstanceId));
    const words: string[] = marks ? ["marker"] : [];
    ids.forEach((id, at) => {
      const verb = verbs[at];
      if (sent.has(id)) {
        if (verb === "reject") words.push(`reject ${id}`);
        if (verb === "accept" || verb === "complete") words.push(`accept ${id}`);
        if (verb === "complete") words.push(`complete ${id}`);
      } else if (states.get(id) === "accepted" && verb === "complete") words.push(`complete ${id}`);
    });
    await this.respond("respondWorkflowTaskCompleted", answer(...words));
  }

  async respond(method: "respondWorkflowTaskCompleted" | "respondWorkflowTaskFailed", fields: object): Promise<void> {
    if (this.task === undefined) return;
    await this.scene.call(method, { taskToken: this.task.taskToken, ...fields }).catch(() => undefined); // Timed out or forgotten: another task follows.
    this.task = undefined;
  }

  async events(): Promise<HistoryEvent[]> {
    const { history } = await this.scene.call("getWorkflowExecutionHistory", {
      execution: { workflowId: this.scene.workflowId },
    });
    return splitEvents(history as Uint8Array).map((bytes) => HistoryEvent.decode(bytes));
  }

  /** By update id, as the history has it. Throws when it has one twice, or out of order. */
  async states(): Promise<Map<string, string>> {
    const states = new Map<string, string>();
    for (const event of await this.events()) {
      const {
        workflowExecutionUpdateAcceptedEventAttributes: accepted,
        workflowExecutionUpdateCompletedEventAttributes: completed,
      } = event;
      if (accepted !== undefined) {
        expect(states.has(accepted.protocolInstanceId)).toBe(false);
        states.set(accepted.protocolInstanceId, "accepted");
      }
      if (completed?.meta !== undefined) {
        expect(states.get(completed.meta.updateId)).toBe("accepted");
        states.set(completed.meta.updateId, "completed");
      }
    }
    return states;
  }
}

test("whatever happens between, updates happen once, and what callers hear is so", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      const story = new Story(await idle());
      for (const what of steps) await story.play(what);
      // A worker that does its work: what is pending comes to an end, and the callers with it.
      for (let round = 0; round < 4; round++) {
        await story.play({ do: "poll" });
        await story.answer(["complete", "complete", "complete"], false);
      }
      await story.play({ do: "signal" });
      await story.play({ do: "poll" });
      await story.answer(["complete", "complete", "complete"], false);
      await story.scene.time.advance(25_000);
      const states = await story.states();
      for (const { id, text, isBeforeCrash } of story.heard) {
        if (isBeforeCrash !== true) expect(text).toBeDefined();
        if (text === "completed") expect(states.get(id)).toBe("completed");
        if (text === "accepted") expect(states.has(id)).toBe(true);
      }
      for (const state of states.values()) expect(state).toBe("completed");
      const events = await story.events();
      expect(events.map((event) => event.eventId)).toEqual(events.map((_, at) => at + 1));
      expect(events.filter((event) => event.workflowExecutionSignaledEventAttributes !== undefined)).toHaveLength(
        story.signals,
      );
      expect(await story.scene.pollWorkflow()).toBeUndefined();
    }),
    { numRuns: 50 },
  );
});
