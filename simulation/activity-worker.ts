import type { PollActivityTaskQueueResponse } from "../api/gen/messages.js";
import { Code, ServiceError } from "../api/errors.ts";
import type { Random } from "../base/index.ts";
import type { Ledger } from "./ledger.ts";
import type { ActivityWork } from "./script.ts";
import { fromPayloads, toPayloads } from "./values.ts";
import type { World } from "./world.ts";

const POLL_TIMEOUT_MS = 10_000;
/** Stands in payloads that the server may not take. */
const STALE = -1;

/** Runs activities: takes its time, heartbeats, fails as told, hears of cancellation, dies, and repeats its answers. */
export class ActivityWorker {
  readonly #world: World;
  readonly #ledger: Ledger;
  readonly #random: Random;
  readonly #identity: string;

  constructor(options: { world: World; ledger: Ledger; random: Random; identity: string }) {
    this.#world = options.world;
    this.#ledger = options.ledger;
    this.#random = options.random;
    this.#identity = options.identity;
  }

  async pollOnce(): Promise<void> {
    const request = { namespace: "default", taskQueue: { name: "queue" }, identity: this.#identity };
    const askedAt = this.#world.time.now();
    const task = await this.#world.call<PollActivityTaskQueueResponse>(
      "pollActivityTaskQueue",
      request,
      POLL_TIMEOUT_MS,
    );
    if (task.taskToken.length > 0) void this.take(task, askedAt);
  }

  /** Works on a task that was asked for at this time. Never throws. */
  async take(task: PollActivityTaskQueueResponse, askedAt: number): Promise<void> {
    this.#ledger.sawActivity(task, askedAt, this.#world.time.now());
    try {
      await this.#work(task);
    } catch (error) {
      if (!(error instanceof ServiceError))
        this.#ledger.violations.push(`${this.#identity}: ${(error as Error).stack}`);
      else if (error.code === Code.INVALID_ARGUMENT)
        this.#ledger.violations.push(`${this.#identity} was refused: ${error.message}`);
    }
  }

  async #work(task: PollActivityTaskQueueResponse): Promise<void> {
    const { plan, time } = this.#world;
    const rough = !this.#world.isCalm;
    const work = fromPayloads<ActivityWork>(task.input) ?? { failures: 0, ms: 0, heartbeatMs: 0 };
    const answer = { taskToken: task.taskToken, namespace: "default", identity: this.#identity };
    for (let spent = 0; spent < work.ms;) {
      const step = work.heartbeatMs === 0 ? work.ms : Math.min(work.heartbeatMs, work.ms - spent);
      await time.sleep(step);
      spent += step;
      if (work.heartbeatMs === 0 || spent >= work.ms) continue;
      const sent = this.#ledger.heartbeatSent(task, spent, time.now());
      const beat = await this.#world.call<{ cancelRequested: boolean }>("recordActivityTaskHeartbeat", {
        ...answer,
        details: toPayloads(spent),
      });
      sent.ackedAt = time.now();
      if (beat.cancelRequested) {
        await this.#world.call("respondActivityTaskCanceled", answer);
        return;
      }
    }
    if (rough && this.#random.next() < plan.activityWorkerDies) return;
    if (rough && this.#random.next() < plan.answersLate) await time.sleep(this.#random.next() * 10_000);
    if (task.attempt <= work.failures) {
      await this.#world.call("respondActivityTaskFailed", { ...answer, failure: undefined });
      if (rough && this.#random.next() < plan.answersStale) await this.#answerStale(task, answer);
      return;
    }
    const completion = { ...answer, result: toPayloads(task.attempt) };
    const askedAt = time.now();
    await this.#world.call("respondActivityTaskCompleted", completion);
    this.#ledger.attemptAnswered(task, askedAt);
    this.#ledger.activityCompleted(task, time.now());
    if (rough && this.#random.next() < plan.workerRepeats)
      await this.#world.call("respondActivityTaskCompleted", completion).catch(() => undefined);
  }

  /** An attempt whose failure was acknowledged is over, and its token good for nothing. */
  async #answerStale(task: PollActivityTaskQueueResponse, answer: object): Promise<void> {
    await this.#world.time.sleep(this.#random.next() * 300);
    const isBeat = this.#random.next() < 0.3;
    const method = isBeat ? "recordActivityTaskHeartbeat" : "respondActivityTaskCompleted";
    const payload = isBeat ? { details: toPayloads(STALE) } : { result: toPayloads(STALE) };
    const isTaken = await this.#world.call(method, { ...answer, ...payload }).then(
      () => true,
      () => false,
    );
    if (isTaken)
      this.#ledger.violations.push(
        `activity ${task.activityId}: attempt ${task.attempt} failed, and ${method} was taken from it`,
      );
  }
}
